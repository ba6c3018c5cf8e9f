//! Runs a test in a process of its own: the log filter is set once per process.

/// Set in the process that has one test to itself.
const ALONE: &str = "SALLY_TEST_ALONE";

/// Whether this process has the test to itself; else it has run in one that had.
pub(super) fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "alone:\n{said}");
    false
}
