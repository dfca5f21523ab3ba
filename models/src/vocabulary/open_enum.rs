//! Enums that are open: any component may add a member, and nobody holds the list.

/// Makes the type of an open enum: the stable id of a name. What a member is, its definition says, which the catalogue has
/// gathered into the table `$table` of [`faults::ModelTypes`]. In a file and in a schema it looks as an enum does.
macro_rules! open_enum {
    ($(#[doc = $about:literal])+ $Type:ident: $Definition:ident of $table:ident) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Eq, Hash, PartialEq)]
        pub struct $Type(u32);

        impl $Type {
            /// The one of this name.
            pub const fn of(name: &str) -> Self {
                Self(sim::stable_id(name))
            }
            /// All of them.
            pub fn all() -> impl ExactSizeIterator<Item = Self> {
                let table = <crate::Models as faults::ModelTypes>::$table();
                table.all().iter().map(|it| Self::of(it.name))
            }
            /// What its component declares of it.
            ///
            /// # Panics
            ///
            /// If no component declares it.
            pub fn definition(self) -> &'static <crate::Models as faults::ModelTypes>::$Definition {
                let table = <crate::Models as faults::ModelTypes>::$table();
                table.get(self.0).unwrap_or_else(|| panic!("nobody declares {:#010x}", self.0))
            }
            /// Its name in records and reports.
            pub fn name(self) -> &'static str {
                self.definition().name
            }
            /// Its name in Chinese.
            pub fn zh(self) -> &'static str {
                self.definition().zh
            }
            fn position(self) -> Option<usize> {
                <crate::Models as faults::ModelTypes>::$table().position(self.0)
            }
            /// How a file writes all of them.
            fn identifiers() -> &'static [&'static str] {
                static ALL: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
                    $Type::all().map(|it| it.definition().ident).collect()
                });
                &ALL
            }
        }

        impl std::fmt::Debug for $Type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.definition().ident)
            }
        }

        /// In the order of the table.
        impl Ord for $Type {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.position().cmp(&other.position())
            }
        }
        impl PartialOrd for $Type {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl serde::Serialize for $Type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let at = self.position().unwrap_or_default() as u32;
                serializer.serialize_unit_variant(stringify!($Type), at, self.definition().ident)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde::de::{EnumAccess, Error, VariantAccess, Visitor};

                struct Member($Type);
                impl<'de> serde::Deserialize<'de> for Member {
                    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                        struct Identifier;
                        impl Visitor<'_> for Identifier {
                            type Value = Member;
                            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                                f.write_str("variant identifier")
                            }
                            fn visit_str<E: Error>(self, ident: &str) -> Result<Member, E> {
                                let known = $Type::all().find(|it| it.definition().ident == ident);
                                let known = known.map(Member);
                                known.ok_or_else(|| E::unknown_variant(ident, $Type::identifiers()))
                            }
                        }
                        from.deserialize_identifier(Identifier)
                    }
                }

                struct Members;
                impl<'de> Visitor<'de> for Members {
                    type Value = $Type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("enum ", stringify!($Type)))
                    }
                    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<$Type, A::Error> {
                        let (Member(member), rest) = data.variant()?;
                        rest.unit_variant()?;
                        Ok(member)
                    }
                }
                from.deserialize_enum(stringify!($Type), $Type::identifiers(), Members)
            }
        }

        impl schemars::JsonSchema for $Type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($Type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let choices: Vec<_> = Self::all()
                    .map(|it| it.definition())
                    .map(|it| {
                        schemars::json_schema!({
                            "description": it.about.trim(), "type": "string", "const": it.ident,
                        })
                    })
                    .collect();
                schemars::json_schema!({
                    "description": concat!($($about),+).trim(), "oneOf": choices,
                })
            }
        }
    };
}
pub(crate) use open_enum;
