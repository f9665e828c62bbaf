//! Programs that were not written for this: given the files of a release, told, asked, and given back what
//! they had. One is a script, stopped and failing wherever it can; one is nginx; one is PostgreSQL.

mod process;
mod site;

mod configuration;
mod given;
mod kills;
mod stops;
mod told;

mod nginx;
mod postgresql;
