//! Of the fields of a form, and of what cannot be done at the moment.

use crate::domain::problem::{Field, NotNow, TokenFault};

pub(super) fn not_a_token(why: &TokenFault) -> String {
    let why = match why {
        TokenFault::Empty => "it is empty",
        TokenFault::TooLong => "it is too long",
        TokenFault::BadCharacters => "it has characters that no token has",
        TokenFault::Told(words) => words,
    };
    format!("This cannot be a token: {why}. Copy it again from where it was made.")
}

pub(super) fn field(problem: &Field) -> String {
    match problem {
        Field::NoOrganization => "Choose an organization.".to_owned(),
        Field::OrganizationNotReached => {
            "The connection does not reach this organization. Choose another one, or reconnect.".to_owned()
        }
        Field::NoTitle => "A page needs a title.".to_owned(),
        Field::LongTitle { length, max } => {
            format!("The title has {length} characters; Confluence takes {max}.")
        }
        Field::NoDescription => "There is nothing to send: the description is empty.".to_owned(),
        Field::LongDescription { size, max } => format!(
            "The description is too long: it makes {} kB, and Confluence takes {} kB.",
            size / 1024,
            max / 1024
        ),
        Field::NotASite => "This is not a site of Confluence Cloud. Enter its address, such as acme.atlassian.net, or paste a \
                            link of it."
            .to_owned(),
        Field::NoConfluenceAt { site } => format!("There is no Confluence at {site}."),
        Field::NotAnEmail => "Enter the e-mail address of your Atlassian account.".to_owned(),
        Field::NotAToken { why } => not_a_token(why),
        Field::NotAProxyPassword => "A proxy cannot be shown this name and password: the name is needed, and may hold no colon; \
                                     neither may hold line breaks."
            .to_owned(),
        Field::OtherProxy { proxy } => format!(
            "The proxy {proxy} is not in between any more, so nothing was kept. Look again which one is."
        ),
        Field::TokenEnded => "The day on which this token ends has passed. Make a new one.".to_owned(),
        Field::TokenWithoutOwner { scope } => format!(
            "The token lacks the scope {scope}, so it cannot be known whose it is. Make a new one with all scopes: those of a \
             token cannot be changed."
        ),
        Field::TokenNotAccepted { site, email } => format!(
            "{site} does not accept this token. It may be mistyped, of another account than {email}, have ended or been \
             revoked; or this account may not use Confluence there, as a guest of another product may not."
        ),
    }
}

pub(super) fn not_now(problem: NotNow) -> &'static str {
    match problem {
        NotNow::NothingToSend => "There is nothing to send: no item was chosen.",
        NotNow::NothingToMerge => "There is nothing to merge: choose two items of one meeting.",
        NotNow::NoWords => "An item needs words.",
        NotNow::HasLeft => "This delivery has left already, so it cannot be changed.",
        NotNow::CannotCancel => "This delivery is on its way or has arrived, so it cannot be cancelled.",
        NotNow::GoneOn => "This delivery has gone on in the meantime.",
        NotNow::OnItsWay => {
            "What you are changing is on its way, or may have arrived. Wait until the Outbox says what became of it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_says_why() {
        for (why, says) in [
            (TokenFault::Empty, "it is empty"),
            (TokenFault::TooLong, "it is too long"),
            (TokenFault::BadCharacters, "it has characters that no token has"),
            (TokenFault::Told("it is blue".into()), "it is blue"),
        ] {
            let told = field(&Field::NotAToken { why });
            assert_eq!(
                told,
                format!("This cannot be a token: {says}. Copy it again from where it was made.")
            );
        }
    }
}
