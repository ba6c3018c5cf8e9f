//! Whether a folder may hold the database. `SQLite` keeps a file whole by locks, and by memory that processes share: a network
//! has neither, or not always. A program that synchronises copies the file while it is being written, and on another computer
//! the copy would send everything once more. So neither is used, whoever chose it. Called by [`super::settle`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Why the database may not lie in a folder.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is on another computer.
    #[error("{} is on a network ({kind})", folder.display())]
    Network {
        /// The folder, as it was asked for.
        folder: PathBuf,
        /// What the system calls such a network.
        kind: String,
    },
    /// A program copies what is in it to other computers.
    #[error("{} is synchronised by {by}", folder.display())]
    Synchronised {
        /// The folder, as it was asked for.
        folder: PathBuf,
        /// The program.
        by: &'static str,
    },
}

/// Variables in which `OneDrive` for Windows names its folders.
const ONE_DRIVE: [&str; 3] = ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"];

/// Refuses a folder on a network and one that is synchronised. The folder need not be there yet.
pub(super) fn check(folder: &Path) -> Result<(), Unfit> {
    check_with(folder, |variable| std::env::var_os(variable))
}

fn check_with(folder: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Result<(), Unfit> {
    let asked = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let on_network = |place: &Path| match network(place) {
        Some(kind) => Err(Unfit::Network { folder: asked.clone(), kind }),
        None => Ok(()),
    };
    // By its name first: a network that does not answer is not to be waited for.
    on_network(&asked)?;
    let place = canonical(&asked);
    on_network(&place)?;
    let one_drives: Vec<_> =
        ONE_DRIVE.into_iter().filter_map(variable).map(|root| canonical(Path::new(&root))).collect();
    let by = if one_drives.iter().any(|root| root.is_absolute() && place.starts_with(root)) {
        Some("OneDrive")
    } else {
        place.ancestors().find_map(synchroniser)
    };
    by.map_or(Ok(()), |by| Err(Unfit::Synchronised { folder: asked.clone(), by }))
}

/// Where a path leads, as far as it is there.
fn canonical(path: &Path) -> PathBuf {
    let real = |above: &Path| Some(above.canonicalize().ok()?.join(path.strip_prefix(above).ok()?));
    path.ancestors().find_map(real).unwrap_or_else(|| path.to_owned())
}

/// What synchronises a folder, by what it leaves in it.
fn synchroniser(root: &Path) -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        if root.ends_with("Library/Mobile Documents") {
            return Some("iCloud Drive");
        }
        if root.ends_with("Library/CloudStorage") {
            return Some("a program for files in the cloud");
        }
    }
    root.read_dir().ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        match name.as_str() {
            ".dropbox.cache" => Some("Dropbox"),
            // In the home folder a folder of this name holds Dropbox's settings.
            ".dropbox" => entry.file_type().ok()?.is_file().then_some("Dropbox"),
            ".stfolder" => Some("Syncthing"),
            ".tmp.drivedownload" | ".tmp.driveupload" | ".shortcut-targets-by-id" => Some("Google Drive"),
            ".nextcloudsync.log" => Some("Nextcloud"),
            ".owncloudsync.log" => Some("ownCloud"),
            name => {
                let begin = name.strip_suffix(".db")?;
                [".sync_", "._sync_", ".csync_journal"]
                    .iter()
                    .any(|known| begin.starts_with(known))
                    .then_some("Nextcloud or ownCloud")
            }
        }
    })
}

/// What kind of network a folder is on, if it is on one.
#[cfg(windows)]
fn network(place: &Path) -> Option<String> {
    use std::path::{Component, Prefix};

    // A drive letter of a network leads to such a path.
    match place.components().next()? {
        Component::Prefix(prefix) => match prefix.kind() {
            Prefix::UNC(server, share) | Prefix::VerbatimUNC(server, share) => {
                Some(format!(r"\\{}\{}", server.display(), share.display()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// What kind of network a folder is on, if it is on one.
#[cfg(target_os = "macos")]
fn network(place: &Path) -> Option<String> {
    use nix::mount::MntFlags;

    let about = place.ancestors().find_map(|above| nix::sys::statfs::statfs(above).ok())?;
    let is_local = about.flags().contains(MntFlags::MNT_LOCAL);
    (!is_local).then(|| about.filesystem_type_name().to_owned())
}

/// What kind of network a folder is on, if it is on one.
#[cfg(target_os = "linux")]
fn network(place: &Path) -> Option<String> {
    linux::network(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, place)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::{Path, PathBuf};

    /// File systems of other computers, and clouds that look like folders.
    const REMOTE: [&str; 32] = [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.ceph",
        "fuse.curlftpfs",
        "fuse.davfs",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.gvfsd-fuse",
        "fuse.juicefs",
        "fuse.kio-fuse",
        "fuse.onedriver",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "orangefs",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
    ];

    /// What kind of network a path is on, by the system's list of what is mounted where.
    pub(super) fn network(mounts: &str, place: &Path) -> Option<String> {
        let mounted = mounts.lines().filter_map(Mount::of).filter(|mount| place.starts_with(&mount.at));
        // Of two at the same place the later one lies above.
        let mount = mounted.max_by_key(|mount| mount.at.components().count())?;
        mount.is_remote().then(|| mount.kind.to_owned())
    }

    struct Mount<'a> {
        at: PathBuf,
        kind: &'a str,
        source: &'a str,
    }

    impl<'a> Mount<'a> {
        /// See `proc_pid_mountinfo(5)`.
        fn of(line: &'a str) -> Option<Self> {
            let (place, what) = line.split_once(" - ")?;
            let mut what = what.split(' ');
            Some(Self {
                at: unescaped(place.split(' ').nth(4)?),
                kind: what.next()?,
                source: what.next().unwrap_or_default(),
            })
        }

        fn is_remote(&self) -> bool {
            // A virtual machine may have nothing else. Below, it is what its host or Windows shares with it.
            if self.kind == "9p" && self.at == Path::new("/") {
                return false;
            }
            REMOTE.contains(&self.kind) || self.kind.starts_with("fuse") && self.source.contains("://")
        }
    }

    /// Spaces and the like are written as numbers: `\040`.
    fn unescaped(field: &str) -> PathBuf {
        let (mut bytes, mut rest) = (Vec::with_capacity(field.len()), field.as_bytes());
        while let [first, after @ ..] = rest {
            let code = after.get(..3).and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 8).ok());
            let (byte, after) = match code {
                Some(byte) if *first == b'\\' => (byte, &after[3..]),
                _ => (*first, after),
            };
            bytes.push(byte);
            rest = after;
        }
        OsString::from_vec(bytes).into()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const MOUNTS: &str = "\
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            23 22 0:21 / /home rw,relatime shared:2 - nfs4 server:/home rw,vers=4.2\n\
            24 23 8:2 / /home/ada/my\\040disk rw,relatime shared:3 master:1 - ext4 /dev/sdb1 rw\n\
            25 22 0:22 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs\n\
            26 22 0:23 / /mnt/far rw - fuse.sshfs ada@server: rw\n\
            27 22 0:24 / /mnt/dav rw - fuse https://cloud.example.com/dav rw\n\
            28 22 0:25 / /mnt/ntfs rw - fuseblk /dev/sdc1 rw\n\
            29 22 0:26 / /mnt/twice rw - ext4 /dev/sdd1 rw\n\
            30 29 0:27 / /mnt/twice rw - cifs //server/share rw\n";

        #[test]
        fn what_is_on_a_network_is_told_from_what_is_mounted_below_it() {
            for (place, kind) in [
                ("/", None),
                ("/var/lib/sally", None),
                ("/homes/ada", None),
                ("/home/ada/.local/share", Some("nfs4")),
                ("/home/ada/my disk/data", None),
                ("/home/ada/my", Some("nfs4")),
                ("/mnt/c/Users/ada", Some("9p")),
                ("/mnt/far", Some("fuse.sshfs")),
                ("/mnt/dav/data", Some("fuse")),
                ("/mnt/ntfs/data", None),
                ("/mnt/twice/data", Some("cifs")),
            ] {
                assert_eq!(network(MOUNTS, Path::new(place)).as_deref(), kind, "{place}");
            }
            let guest = "22 1 0:21 / / rw - 9p root rw\n";
            assert_eq!(network(guest, Path::new("/home/ada")), None, "there is no other disk");
            assert_eq!(network("", Path::new("/home/ada")), None, "nothing is known");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn nothing(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn a_folder_on_a_disk_of_this_computer_is_fit_before_it_is_there() {
        let root = tempfile::tempdir().unwrap();
        check_with(&root.path().join("to be/made"), nothing).unwrap();
        assert!(!root.path().join("to be").exists(), "looking makes nothing");
    }

    #[test]
    fn a_folder_below_what_a_synchroniser_leaves_is_refused() {
        for (name, by) in [
            (".dropbox", "Dropbox"),
            (".dropbox.cache", "Dropbox"),
            (".stfolder", "Syncthing"),
            (".sync_1f2e3d4c5b6a.db", "Nextcloud or ownCloud"),
            ("._sync_1f2e3d4c5b6a.db", "Nextcloud or ownCloud"),
            (".nextcloudsync.log", "Nextcloud"),
            (".tmp.drivedownload", "Google Drive"),
        ] {
            let root = tempfile::tempdir().unwrap();
            fs::write(root.path().join(name), "").unwrap();
            let folder = root.path().join("in it/below");
            let refused = check_with(&folder, nothing).unwrap_err();
            assert!(
                matches!(&refused, Unfit::Synchronised { by: found, folder: named } if *found == by && *named == folder),
                "{name}: {refused}"
            );
        }
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".dropbox")).unwrap();
        fs::write(home.path().join(".sync_notes"), "").unwrap();
        check_with(&home.path().join("data"), nothing).expect("settings of Dropbox synchronise nothing");
    }

    #[test]
    fn a_folder_in_onedrive_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let drive = root.path().join("OneDrive - Company");
        let variable = |name: &str| match name {
            "OneDrive" => Some(OsString::new()),
            "OneDriveCommercial" => Some(drive.clone().into_os_string()),
            _ => None,
        };
        let refused = check_with(&drive.join("data"), variable).unwrap_err();
        assert!(matches!(refused, Unfit::Synchronised { by: "OneDrive", .. }), "{refused}");
        check_with(&root.path().join("data"), variable).expect("beside it");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_hides_nothing() {
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(root.path().join(".stfolder")).unwrap();
        fs::create_dir(root.path().join("data")).unwrap();
        let link = elsewhere.path().join("link");
        std::os::unix::fs::symlink(root.path().join("data"), &link).unwrap();
        let refused = check_with(&link, nothing).unwrap_err();
        assert!(
            matches!(&refused, Unfit::Synchronised { folder, .. } if *folder == link),
            "by the name that the person knows: {refused}"
        );
    }

    #[cfg(windows)]
    #[test]
    fn a_share_of_another_computer_is_refused_without_a_look_at_it() {
        for share in [r"\\server\share\sally", r"\\?\UNC\server\share\sally"] {
            let refused = check_with(Path::new(share), nothing).unwrap_err();
            assert!(
                matches!(&refused, Unfit::Network { kind, .. } if kind == r"\\server\share"),
                "{share}: {refused}"
            );
        }
        for here in [r"C:\Users\ada", r"\\?\C:\Users\ada"] {
            check_with(Path::new(here), nothing).unwrap();
        }
    }
}
