//! Importing: a file is recognised, judged, made into the next state and committed.

mod batch;
mod before;
mod correction;
mod made;
mod narrow;
mod next;
mod sound;
mod sources;
