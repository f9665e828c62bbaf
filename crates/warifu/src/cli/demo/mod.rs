//! `warifu demo`: the day in May 2022 that this toolkit must prevent, played with the real programs.
//!
//! [`play`] is the whole evening. [`stage`] runs commands and holds them to what the story expects;
//! [`content`] is what it plays with, in a [`scratch`] folder; [`checker`] is the running checker and the
//! claims sent to it; [`story`] is what happened so far. Between [`opening`] and [`closing`] the acts:
//! [`house`] (how both sides set up), [`saturday`] (the corrected file that goes past the formal route),
//! [`monday`] (swap, refusal, fall back), in which people do the same few [`deeds`].
//!
//! Nothing is mocked: what is not a command line below is a claim file sent over loopback.

mod play;

mod checker;
mod content;
mod scratch;
mod stage;
mod story;

mod closing;
mod deeds;
mod house;
mod monday;
mod opening;
mod saturday;

pub(crate) use play::Args;
