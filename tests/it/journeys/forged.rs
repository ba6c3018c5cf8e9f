//! Answers to logins that are none: ten thousand of them, in every way that a stranger could make one.

use jiff::SignedDuration;
use sally_core::api::Connection;
use sally_core::app::Event;

use super::app::TestApp;

const ANSWERS: usize = 10_000;

/// Answers to a login of an earlier run, and of another person's app.
struct Known {
    before: String,
    elsewhere: String,
}

/// What a stranger could send: guesses, nonsense, and answers that were overheard in other runs.
fn forged(number: usize, known: &Known) -> String {
    match number % 8 {
        0 => format!("sally://oauth/callback?code=stolen{number}&state=guessed{number}"),
        1 => format!("sally://oauth/callback?error=access_denied&state={number}"),
        2 => format!("sally:{number}"),
        3 => format!("sally://oauth/callback?code=a&code=b&state={number}"),
        4 => format!("SALLY://oauth/callback?state=&code={number}"),
        5 => known.before.clone(),
        6 => known.elsewhere.clone(),
        _ => format!("{}&code={number}", known.before),
    }
}

async fn answer_to(app: &TestApp) -> String {
    let address = app.start_login().await;
    sandbox::browser::accept(&address).await.unwrap()
}

#[tokio::test]
async fn ten_thousand_forged_answers_neither_connect_nor_take_the_focus() {
    let before = TestApp::new().await;
    let known = Known { before: answer_to(&before).await, elsewhere: answer_to(&TestApp::new().await).await };
    let mut app = before.restarted().await;
    let answer = answer_to(&app).await;
    for number in 0..ANSWERS {
        app.app.callback(&forged(number, &known)).await;
    }
    assert_eq!(app.in_front(), 0, "none of them takes the focus");
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), 0, "and no code is tried");
    assert!(matches!(app.app.connection(), Connection::Waiting { .. }), "the login goes on");
    let told = app.told();
    let notices = told.iter().filter(|event| matches!(event, Event::Notice(_))).count();
    assert_eq!(notices, 1, "of all within a moment the person is told once: {told:?}");

    app.app.callback(&answer).await;
    assert!(matches!(app.app.connection(), Connection::Connected(_)), "the true answer still counts");
    assert_eq!(app.in_front(), 1, "and it brings the window");
    let requests = app.sandbox.requests().len();
    for number in 0..ANSWERS {
        app.app.callback(&forged(number, &known)).await;
    }
    assert_eq!(
        (app.in_front(), app.sandbox.requests().len()),
        (1, requests),
        "nor is it disturbed afterwards"
    );
    app.told();
    app.app.callback(&answer).await;
    let replayed =
        app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert!(replayed.message.contains("is not waiting for"), "a replay is explained: {replayed:?}");
    assert_eq!(app.sandbox.requests().len(), requests, "and not tried");
}

#[tokio::test]
async fn a_late_answer_of_our_own_comes_to_the_front_and_explains_itself() {
    let app = TestApp::new().await;
    let answer = answer_to(&app).await;
    app.clock.advance(SignedDuration::from_mins(11));
    app.app.callback(&answer).await;
    assert_eq!(app.in_front(), 1, "the person comes from the browser");
    let Connection::Disconnected { why: Some(why) } = app.app.connection() else { panic!("it is too late") };
    assert!(why.message.contains("longer than ten minutes"), "{why:?}");
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), 0, "the code is not tried");
}

#[tokio::test]
async fn an_answer_to_a_login_that_was_begun_anew_comes_to_the_front() {
    let mut app = TestApp::new().await;
    let first = answer_to(&app).await;
    let second = answer_to(&app).await;
    app.app.callback(&first).await;
    assert_eq!(app.in_front(), 1, "it is ours");
    assert!(matches!(app.app.connection(), Connection::Waiting { .. }), "and the second login goes on");
    app.next(|event| matches!(event, Event::Notice(_)).then_some(())).await;
    app.app.callback(&second).await;
    assert!(matches!(app.app.connection(), Connection::Connected(_)));
}
