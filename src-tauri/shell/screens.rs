//! Keeps the window where it can be reached: a monitor may be gone since it was placed, or have another size.

use tauri::{PhysicalPosition, PhysicalRect, PhysicalSize, WebviewWindow};

/// How much of the window's upper edge must be seen for it to be taken hold of, in pixels of the screen.
const GRIP: PhysicalSize<i32> = PhysicalSize::new(96, 24);

/// Moves a window into the first screen, if it lies where nobody can take hold of it.
pub(super) fn bring_within_reach(window: &WebviewWindow) -> tauri::Result<()> {
    if window.is_maximized()? || window.is_fullscreen()? {
        return Ok(());
    }
    let screens = window.available_monitors()?;
    let primary = window.primary_monitor()?;
    let areas: Vec<_> = primary.iter().chain(&screens).map(|screen| *screen.work_area()).collect();
    let place = PhysicalRect { position: window.outer_position()?, size: window.outer_size()? };
    if let Some(place) = within_reach(place, &areas) {
        tracing::info!("the window lay where no screen is any more");
        window.set_size(place.size)?;
        window.set_position(place.position)?;
    }
    Ok(())
}

/// Where a window is to go that cannot be reached on any of these screens, in the middle of the first; nothing if it can.
fn within_reach(
    window: PhysicalRect<i32, u32>,
    screens: &[PhysicalRect<i32, u32>],
) -> Option<PhysicalRect<i32, u32>> {
    let first = screens.first()?;
    if screens.iter().any(|screen| is_reached(&window, screen)) {
        return None;
    }
    let size =
        PhysicalSize::new(window.size.width.min(first.size.width), window.size.height.min(first.size.height));
    let middle = |length: u32, own: u32| i32::try_from((length - own) / 2).unwrap_or(0);
    let position = PhysicalPosition::new(
        first.position.x.saturating_add(middle(first.size.width, size.width)),
        first.position.y.saturating_add(middle(first.size.height, size.height)),
    );
    Some(PhysicalRect { position, size })
}

/// Whether enough of the upper edge lies in a screen.
fn is_reached(window: &PhysicalRect<i32, u32>, screen: &PhysicalRect<i32, u32>) -> bool {
    let end = |from: i32, length: u32| i64::from(from) + i64::from(length);
    let left = i64::from(window.position.x.max(screen.position.x));
    let right = end(window.position.x, window.size.width).min(end(screen.position.x, screen.size.width));
    let top = i64::from(window.position.y);
    // A frame may begin a little above the screen.
    let is_high = top >= i64::from(screen.position.y) - i64::from(GRIP.height);
    let is_low = top + i64::from(GRIP.height) <= end(screen.position.y, screen.size.height);
    right - left >= i64::from(GRIP.width) && is_high && is_low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: i32, y: i32, width: u32, height: u32) -> PhysicalRect<i32, u32> {
        PhysicalRect { position: PhysicalPosition::new(x, y), size: PhysicalSize::new(width, height) }
    }

    fn place(
        window: PhysicalRect<i32, u32>,
        screens: &[PhysicalRect<i32, u32>],
    ) -> Option<(i32, i32, u32, u32)> {
        within_reach(window, screens).map(|at| (at.position.x, at.position.y, at.size.width, at.size.height))
    }

    #[test]
    fn a_window_that_can_be_taken_hold_of_stays() {
        let screens = [rect(0, 0, 1920, 1080), rect(1920, -200, 2560, 1440), rect(-1280, 0, 1280, 1024)];
        for window in [
            rect(0, 0, 1180, 760),
            rect(2400, -100, 1180, 760),
            rect(-1200, 300, 800, 560),
            // Across two screens, and for the most part below one.
            rect(1500, 100, 1180, 760),
            rect(100, 1000, 1180, 760),
            rect(-40, -12, 2000, 1200),
        ] {
            assert_eq!(place(window, &screens), None, "{window:?}");
        }
    }

    #[test]
    fn a_window_on_a_screen_that_is_gone_comes_into_the_first() {
        let screens = [rect(0, 24, 1920, 1056)];
        let middle = Some((370, 172, 1180, 760));
        for (x, y) in [(2400, 100), (-1180, 0), (0, 1079), (0, -700), (1900, 0), (i32::MAX, i32::MIN)] {
            assert_eq!(place(rect(x, y, 1180, 760), &screens), middle, "{x}, {y}");
        }
        assert_eq!(
            place(rect(5000, 0, 3000, 2000), &screens),
            Some((0, 24, 1920, 1056)),
            "it is made to fit"
        );
        assert_eq!(place(rect(5000, 0, 800, 600), &[]), None, "without a screen there is nowhere to go");
    }
}
