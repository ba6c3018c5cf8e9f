//! The desktop's panel: it has the tray (a `StatusNotifier` host), shows notifications, and shows files in their folders. Tests
//! read what a person would see there, and click on it.
#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    clippy::unnecessary_wraps,
    reason = "the bus says how its methods look"
)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use tokio::sync::watch;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{fdo, interface, message};

const LIMIT: Duration = Duration::from_secs(20);

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
const FILES: &str = "org.freedesktop.FileManager1";
const FILES_PATH: &str = "/org/freedesktop/FileManager1";

/// An entry of the tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    id: i32,
    /// What it says.
    pub(crate) label: String,
    /// Whether it can be clicked.
    pub(crate) enabled: bool,
    /// The entries beneath it.
    pub(crate) entries: Vec<Entry>,
}

/// A notification.
#[derive(Clone, Debug)]
pub(crate) struct Notified {
    id: u32,
    /// Its first line.
    pub(crate) title: String,
    /// Its text.
    pub(crate) body: String,
    /// 2 would break through do-not-disturb.
    pub(crate) urgency: Option<u8>,
}

/// The panel, on a desktop's own bus.
pub(crate) struct Panel {
    bus: Connection,
    seen: watch::Receiver<Seen>,
}

/// What the panel was told so far.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// Bus name and path of the icons in the tray.
    icons: Vec<(String, String)>,
    notifications: Vec<Notified>,
    /// The addresses of the files that were shown.
    files: Vec<String>,
}

impl Panel {
    /// Takes its place on the bus.
    pub(crate) fn start(bus: &str) -> Result<Self> {
        let (tell, seen) = watch::channel(Seen::default());
        let tell = Arc::new(tell);
        let bus = connection::Builder::address(bus)?
            .serve_at(WATCHER_PATH, Watcher(Arc::clone(&tell)))?
            .serve_at(NOTIFICATIONS_PATH, Notifications { tell: Arc::clone(&tell), last: Mutex::default() })?
            .serve_at(FILES_PATH, Files(tell))?
            .name(WATCHER)?
            .name(NOTIFICATIONS)?
            .name(FILES)?
            .build()?;
        Ok(Self { bus, seen })
    }

    /// Waits for the tray's menu to be as wanted.
    pub(crate) async fn menu<T>(&self, mut wanted: impl FnMut(&[Entry]) -> Option<T>) -> Result<T> {
        let deadline = tokio::time::Instant::now() + LIMIT;
        let mut last = Err(anyhow!("it was not asked for"));
        while tokio::time::Instant::now() < deadline {
            // The menu says that it changed by a signal whose layout is then asked for; asking is as good.
            last = self.entries();
            if let Ok(entries) = &last
                && let Some(found) = wanted(entries)
            {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the tray's menu is not as it should be after {LIMIT:?}: {last:#?}")
    }

    /// Clicks an entry of the tray's menu, as soon as it is there.
    pub(crate) async fn click(&self, label: &str) -> Result<()> {
        let id = self
            .menu(|entries| find(entries, label).filter(|entry| entry.enabled).map(|entry| entry.id))
            .await?;
        let (owner, path) = self.menu_of_icon()?;
        let menu = Proxy::new(&self.bus, owner, path, "com.canonical.dbusmenu")?;
        menu.call::<_, _, ()>("Event", &(id, "clicked", Value::from(""), 0_u32))?;
        Ok(())
    }

    /// The picture that the tray shows, as the file that it names.
    pub(crate) fn icon(&self) -> Result<Vec<u8>> {
        let (owner, path) = self.seen.borrow().icons.last().cloned().context("there is no icon")?;
        let item = Proxy::new(&self.bus, owner, path, "org.kde.StatusNotifierItem")?;
        let name: String = item.get_property("IconName")?;
        let folder: String = item.get_property("IconThemePath")?;
        let file = Path::new(&folder).join(&name);
        std::fs::read(&file)
            .or_else(|_| std::fs::read(file.with_file_name(format!("{name}.png"))))
            .with_context(|| format!("the icon {name} in {folder}"))
    }

    /// Waits for a notification with this title and text.
    pub(crate) async fn notification(&self, title: &str, body: &str) -> Result<Notified> {
        let is_it = |one: &&Notified| one.title == title && one.body.contains(body);
        let mut seen = self.seen.clone();
        let found = seen.wait_for(|seen| seen.notifications.iter().any(|one| is_it(&one)));
        let Ok(seen) = tokio::time::timeout(LIMIT, found).await else {
            bail!("no notification “{title}: {body}”, but {:?}", self.seen.borrow().notifications);
        };
        seen?.notifications.iter().find(is_it).cloned().context("it was there")
    }

    /// Waits for a file to be shown in its folder, and answers its address.
    pub(crate) async fn shown_file(&self) -> Result<String> {
        let mut seen = self.seen.clone();
        let shown = tokio::time::timeout(LIMIT, seen.wait_for(|seen| !seen.files.is_empty())).await;
        shown.context("no file was shown")??.files.last().cloned().context("it was there")
    }

    /// Clicks a notification.
    pub(crate) fn click_notification(&self, notification: &Notified) -> Result<()> {
        let emit = |name: &str, body: &(u32, &str)| {
            self.bus.emit_signal(None::<&str>, NOTIFICATIONS_PATH, NOTIFICATIONS, name, body)
        };
        emit("ActionInvoked", &(notification.id, "default"))?;
        Ok(())
    }

    fn menu_of_icon(&self) -> Result<(String, String)> {
        let (owner, path) =
            self.seen.borrow().icons.last().cloned().context("there is no icon in the tray")?;
        let item = Proxy::new(&self.bus, owner.clone(), path, "org.kde.StatusNotifierItem")?;
        let menu: OwnedValue = item.get_property("Menu")?;
        let Value::ObjectPath(menu) = &*menu else { bail!("the icon has no menu: {menu:?}") };
        Ok((owner, menu.to_string()))
    }

    fn entries(&self) -> Result<Vec<Entry>> {
        let (owner, path) = self.menu_of_icon()?;
        let menu = Proxy::new(&self.bus, owner, path, "com.canonical.dbusmenu")?;
        // Menus are filled when they are about to be shown.
        menu.call::<_, _, bool>("AboutToShow", &(0))?;
        let (_, root): (u32, Layout) = menu.call("GetLayout", &(0, -1, Vec::<&str>::new()))?;
        Ok(entry(root)?.entries)
    }
}

fn find<'a>(entries: &'a [Entry], label: &str) -> Option<&'a Entry> {
    entries
        .iter()
        .find_map(|entry| if entry.label == label { Some(entry) } else { find(&entry.entries, label) })
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

fn entry((id, mut properties, below): Layout) -> Result<Entry> {
    let label = properties.remove("label").and_then(|label| String::try_from(label).ok()).unwrap_or_default();
    let entries = below.into_iter().map(|value| {
        let structure = Structure::try_from(value)?;
        entry(structure.try_into()?)
    });
    Ok(Entry {
        id,
        // An underscore marks the letter that is the entry's key.
        label: label.replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_"),
        enabled: properties.remove("enabled").and_then(|on| bool::try_from(on).ok()).unwrap_or(true),
        entries: entries.collect::<Result<_>>()?,
    })
}

struct Watcher(Arc<watch::Sender<Seen>>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String, #[zbus(header)] header: message::Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = match service.strip_prefix('/') {
            Some(_) => (sender, service),
            None => (service, "/StatusNotifierItem".to_owned()),
        };
        self.0.send_modify(|seen| seen.icons.push(icon));
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.borrow().icons.iter().map(|(owner, path)| format!("{owner}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// What a person sees of text with markup: the tags are not shown, and entities stand for what they name.
fn shown(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain += before;
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    (plain + rest).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

struct Files(Arc<watch::Sender<Seen>>);

#[interface(name = "org.freedesktop.FileManager1")]
impl Files {
    fn show_items(&self, addresses: Vec<String>, _startup: &str) {
        self.0.send_modify(|seen| seen.files.extend(addresses));
    }
}

struct Notifications {
    tell: Arc<watch::Sender<Seen>>,
    last: Mutex<u32>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "body-markup"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("Panel", "Sally Desktop's tests", "1", "1.2")
    }

    fn close_notification(&self, _id: u32) {}

    #[expect(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &self,
        _application: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        _actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _lasts: i32,
    ) -> fdo::Result<u32> {
        let id = match replaces {
            0 => {
                let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                *last += 1;
                *last
            }
            known => known,
        };
        let urgency = hints.get("urgency").and_then(|urgency| u8::try_from(urgency).ok());
        let body = shown(&body);
        self.tell.send_modify(|seen| seen.notifications.push(Notified { id, title, body, urgency }));
        Ok(id)
    }
}
