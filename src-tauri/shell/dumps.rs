//! No core dumps: they would hold the tokens that the memory holds, in a file that other programs collect.

/// From now on the system writes none of this process. Windows has no such limit: its error reports are the person's to
/// switch off.
pub(crate) fn prevent() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let none = Rlimit { current: Some(0), ..getrlimit(Resource::Core) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps could not be prevented");
        }
    }
}
