//! Says of what looked like a date of the article why it is none.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::sighting::{Found, RowError};

/// Something on an article's page that looked like its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distrusted {
    /// What stands there.
    pub raw: String,
    /// Where.
    pub found: Found,
    /// Why it is not believed.
    pub why: Distrust,
}

/// Why a date is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "detail")]
pub enum Distrust {
    /// It says of itself that it is the moment the page was made.
    Generated,
    /// It is called a publication, but it is the moment the page was made: the template prints "now".
    SameAsGeneration {
        /// The page's own stamp, as written.
        stamp: String,
    },
    /// It is called a publication, but it is the moment the page was fetched: the server prints "now".
    SameAsFetch,
    /// It says of itself that it is the moment of the last change.
    Changed,
    /// It is no day that can be.
    Unusable(RowError),
}

impl Distrust {
    /// The reason as officials read it.
    pub fn chinese(&self) -> String {
        match self {
            Self::Generated => "页面生成时间，不是发布时间".to_owned(),
            Self::SameAsGeneration { stamp } => format!("与页面生成时间（{stamp}）相同，不能作为发布时间"),
            Self::SameAsFetch => "与巡检时间相同，不能作为发布时间".to_owned(),
            Self::Changed => "修改时间，不是发布时间".to_owned(),
            Self::Unusable(RowError::Future(raw)) => format!("日期“{raw}”晚于巡检日"),
            Self::Unusable(RowError::TooOld(raw)) => format!("日期“{raw}”早于 1990 年"),
            Self::Unusable(RowError::Unreadable(raw)) => format!("“{raw}”不是有效日期"),
            Self::Unusable(RowError::YearUnknown(raw)) => format!("“{raw}”没有年份"),
            Self::Unusable(RowError::Missing) => "没有日期".to_owned(),
        }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generated => f.write_str("the moment the page was made"),
            Self::SameAsGeneration { stamp } => write!(f, "the same as the page's generation stamp {stamp}"),
            Self::SameAsFetch => f.write_str("the same as the moment the page was fetched"),
            Self::Changed => f.write_str("the moment of the last change"),
            Self::Unusable(why) => why.fmt(f),
        }
    }
}
