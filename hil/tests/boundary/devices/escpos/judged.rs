//! python-escpos as the judge of what is sent and of what the answers mean.

use hil::escpos::status::said;
use hil::escpos::{Layout, bytes};
use models::hardware::printer::Paper;
use models::wire::Pan;

use super::receipt;
use crate::devices::peer::Peer;

#[test]
fn a_receipt_is_made_of_commands_that_python_escpos_knows() {
    let bytes = bytes(&receipt(), &Layout::default());
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let Some(mut judge) = Peer::python("escpos_judge.py", "escpos", &[&hexadecimal]) else {
        return;
    };
    judge.until("end");
    let said: Vec<&str> = judge.said.iter().map(String::as_str).collect();
    let commands: Vec<&str> = said.iter().filter_map(|it| it.strip_prefix("command ")).collect();
    let set = ["reset", "center", "high 2", "high 1", "left", "high 2", "high 1", "center"];
    assert_eq!(commands, [&set[..], &["feed 4", "cut"]].concat(), "{said:?}");
    let text: Vec<&str> = said.iter().filter_map(|it| it.strip_prefix("text ")).collect();
    assert!(text.contains(&"TOTAL                  CNY 12.34"), "{text:?}");
    assert!(text.contains(&"CARD            622588******0073"), "{text:?}");
    assert!(text.contains(&"RRN                 000000000077"), "{text:?}");
    assert!(text.iter().all(|line| line.len() <= 32 && !Pan::appears_in(line)), "{text:?}");
    assert_eq!(said.last(), Some(&"end "), "nothing is left over");
}

#[test]
fn every_answer_about_paper_means_what_python_escpos_says() {
    let Some(mut judge) = Peer::python("escpos_judge.py", "escpos", &["status"]) else { return };
    judge.until("paper 126");
    let mut compared = 0;
    for line in judge.all() {
        let numbers = line.strip_prefix("paper ").and_then(|it| it.split_once(' '));
        let (byte, value) = numbers.unwrap_or_else(|| panic!("{line}"));
        let ours = match said([0x12, 0x12, 0x12, byte.parse().expect("a byte")]).paper {
            Paper::Enough => "2",
            Paper::NearEnd => "1",
            Paper::Out => "0",
        };
        assert_eq!(ours, value, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 16, "all bytes that can be such an answer");
}
