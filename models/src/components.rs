//! The one list of what exists: a new component is its file and its entry here.

/// Hands the list to a macro, behind what is given to it.
macro_rules! components {
    ($($then:ident)::+ ! { $($head:tt)* }) => {
        $($then)::+! {
            $($head)*

            /// The terminal's body and what is plugged into it.
            hardware: Hardware {
                power::Power, battery::Battery, enclosure::Enclosure, mainboard::Mainboard,
                tamper::Tamper, display::Display, keypad::Keypad, card_reader::CardReader,
                printer::Printer, scanner::Scanner, indicators::Indicators,
                fingerprint_reader::FingerprintReader,
            }
            /// The links from the terminal to the network.
            comms: Comms { phone_link::PhoneLink, wifi::Wifi, cellular::Cellular }
            /// What runs on the terminal.
            software: Software {
                firmware::Firmware, storage::Storage, clock::Clock, security::Security,
                payment_app::PaymentApp,
            }
            /// What the terminal talks to.
            platform: Platform {
                gateway::Gateway, host::Host, back_office::BackOffice;
                sound heartbeat_monitor::HeartbeatMonitor, external_detector::ExternalDetector,
            }
            /// Who uses it, and who helps.
            people: People {
                misuse_and_fraud::MisuseAndFraud;
                sound customer::Customer, merchant::Merchant, support::Support,
                technicians::Technicians, deployment::Deployment, onboarding::Onboarding,
                deposits::Deposits,
            }
        }
    };
}
pub(crate) use components;
