//! User journeys on the core without its window, against the sandbox.

mod accounts;
mod alone;
mod app;
#[path = "../../shared/backup.rs"]
mod backup;
#[path = "../../shared/browser.rs"]
mod browser;
mod by_hand;
#[cfg(target_os = "linux")]
#[path = "../../shared/company.rs"]
mod company;
mod connecting;
mod data_folder;
mod desktop;
mod dying;
mod editing;
mod ending;
mod failing;
mod faults_of_the_list;
mod finding;
mod forged;
mod forgetting;
#[cfg(target_os = "linux")]
mod hung;
mod importing;
mod linking;
mod logging;
mod long_ago;
mod native;
#[path = "../../shared/on_disk.rs"]
mod on_disk;
mod outbox;
mod own_addresses;
#[cfg(target_os = "linux")]
mod proxies;
mod quick;
mod recordings;
mod refusing;
mod removing;
mod replacing;
mod sally;
mod searching;
mod sending;
mod spaces;
mod tokens;
mod transcripts;
mod two_computers;
mod waking;
mod watching;
