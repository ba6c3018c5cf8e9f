//! What is checked, and what is expected: what the app counts on and the sandbox does.

/// A check, in the order in which they are reported. What each is, [`Check::words`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Check {
    TenantInfo,
    SiteHost,
    WrongV1,
    WrongV2,
    Connect,
    Needs,
    Spaces,
    FindPages,
    Page,
    Comment,
    Links,
    ReadBack,
    LostPage,
    LostComment,
    Missing,
    Operations,
    Templates,
    SpaceSearch,
    SpaceTypes,
    OwnSpace,
    TitleClash,
    TitleLookUp,
    ArchivedLookUp,
    ArchivedClash,
    Draft,
    TaskInPage,
    DecisionInPage,
    TaskInComment,
    DecisionInComment,
    Labels,
    Folder,
    FolderSearch,
    LiveDoc,
    LiveComment,
    Descendants,
    SearchLag,
    Container,
    Contributors,
    FindByLink,
    Secret,
    Sites,
    SecondLogin,
    RefreshTwice,
    RefreshLate,
    Expired,
}

impl Check {
    /// All, in their order.
    pub(crate) const ALL: [Self; 45] = [
        Self::TenantInfo,
        Self::SiteHost,
        Self::WrongV1,
        Self::WrongV2,
        Self::Connect,
        Self::Needs,
        Self::Spaces,
        Self::FindPages,
        Self::Page,
        Self::Comment,
        Self::Links,
        Self::ReadBack,
        Self::LostPage,
        Self::LostComment,
        Self::Missing,
        Self::Operations,
        Self::Templates,
        Self::SpaceSearch,
        Self::SpaceTypes,
        Self::OwnSpace,
        Self::TitleClash,
        Self::TitleLookUp,
        Self::ArchivedLookUp,
        Self::ArchivedClash,
        Self::Draft,
        Self::TaskInPage,
        Self::DecisionInPage,
        Self::TaskInComment,
        Self::DecisionInComment,
        Self::Labels,
        Self::Folder,
        Self::FolderSearch,
        Self::LiveDoc,
        Self::LiveComment,
        Self::Descendants,
        Self::SearchLag,
        Self::Container,
        Self::Contributors,
        Self::FindByLink,
        Self::Secret,
        Self::Sites,
        Self::SecondLogin,
        Self::RefreshTwice,
        Self::RefreshLate,
        Self::Expired,
    ];

    /// Those that only a login shows.
    pub(crate) const OF_LOGINS: [Self; 6] =
        [Self::Secret, Self::Sites, Self::SecondLogin, Self::RefreshTwice, Self::RefreshLate, Self::Expired];

    /// What is checked, and what is expected.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::TenantInfo => {
                ("the site tells its id to anybody", "`_edge/tenant_info` without a login: 200, `cloudId`")
            }
            Self::SiteHost => (
                "the credential at the site's own address",
                "401 and a page of HTML; 200 for a token without scopes",
            ),
            Self::WrongV1 => (
                "a wrong credential at v1",
                "403, `user/current`: “caller cannot access Confluence”, `search`: “Current user not permitted to use \
                 Confluence”",
            ),
            Self::WrongV2 => ("a wrong credential at v2", "404 with the bare title “Not Found”"),
            Self::Connect => ("the app connects", "connected"),
            Self::Needs => ("what the app may do", "all that it needs"),
            Self::Spaces => ("the app lists spaces", "the space is among them"),
            Self::FindPages => ("the app finds pages of the space", "at least one"),
            Self::Page => ("the app sends an item as a page", "sent, as it was"),
            Self::Comment => ("the app sends an item as a comment on it", "sent, as it was"),
            Self::Links => ("the links of both", "they lead to the site"),
            Self::ReadBack => ("the page holds the item", "its words, in storage format"),
            Self::LostPage => ("a page whose answer is lost", "found again by the app, and there once"),
            Self::LostComment => ("a comment whose answer is lost", "found again by the app"),
            Self::Missing => ("a comment on a page that is not there", "404 that names the page"),
            Self::Operations => ("`spaces/{id}/operations`", "200, with creating pages and comments"),
            Self::Templates => ("`template/page`", "200, with a list"),
            Self::SpaceSearch => (
                "CQL for spaces: `type=space and title~\"x*\"`",
                "200, with the space, and how many there are",
            ),
            Self::SpaceTypes => ("the same with `space.type != personal`", "200, with the space"),
            Self::OwnSpace => ("`user/current?expand=personalSpace`", "200, with a space or none"),
            Self::TitleClash => ("a title that is there, in other case", "400, “title already exists”"),
            Self::TitleLookUp => {
                ("`pages?title=` in other case, `status=current,archived`", "200, with the page")
            }
            Self::ArchivedLookUp => {
                ("`pages?title=` of an archived page, `status=current,archived`", "200, with the page")
            }
            Self::ArchivedClash => ("the title of an archived page", "400, “title already exists”"),
            Self::Draft => ("a draft, published twice with version 1", "200, 200, 409"),
            Self::TaskInPage => ("a task in a page", "200"),
            Self::DecisionInPage => ("a decision in a page", "200"),
            Self::TaskInComment => ("a task in a comment", "201"),
            Self::DecisionInComment => ("a decision in a comment", "201"),
            Self::Labels => ("a label, added twice", "200, 200"),
            Self::Folder => ("a folder as parent", "200, `parentType` folder"),
            Self::FolderSearch => ("CQL for folders: `type=folder and space=\"KEY\"`", "none is found"),
            Self::LiveDoc => ("a live doc", "200, `subtype` live"),
            Self::LiveComment => ("a comment on a live doc", "201"),
            Self::Descendants => ("`content/{id}/descendant/comment`", "200, with the comment"),
            Self::SearchLag => ("how soon search knows a new page", "within 60 s"),
            Self::Container => ("CQL for comments: `container=`", "200, with the comment"),
            Self::Contributors => {
                ("`content/search` with `history.contributors`", "200, with the one who wrote it")
            }
            Self::FindByLink => ("the app finds the page by its link", "the page"),
            Self::Secret => ("a code with PKCE and without the client secret", "401 `access_denied`"),
            Self::Sites => ("`accessible-resources`", "the site, once"),
            Self::SecondLogin => ("the first login's refresh token after a second login", "200: it lives on"),
            Self::RefreshTwice => ("a refresh token, used a second time at once", "200"),
            Self::RefreshLate => ("a refresh token, used again after eleven minutes", "403"),
            Self::Expired => ("an access token after an hour", "v2: bare 404; v1: 403"),
        }
    }
}

/// What a person has to look at, and what it decides.
pub(crate) const BY_HAND: [(&str, &str); 6] = [
    (
        "Developer console: are `sally://oauth/callback`, `http://127.0.0.1:8976/callback` and \
         `http://localhost:8976/callback` taken as callback URL, and a second one beside the first?",
        "whether the custom scheme can stay the default",
    ),
    (
        "Connect an account with one site, then one with two, with both access types of the console: which sites come?",
        "how organizations are grouped",
    ),
    (
        "Does the page for API tokens open with all scopes chosen (`appId=confluence`)?",
        "whether the app may link there",
    ),
    (
        "Is the draft that is left as one to be seen in your Confluence, by you and by others?",
        "whether drafts may be used",
    ),
    (
        "Look at the pages and comments that were made: are the tasks check boxes, and the decisions decisions?",
        "what goes natively",
    ),
    ("Delete what was made: the trial has no right to.", "nothing"),
];
