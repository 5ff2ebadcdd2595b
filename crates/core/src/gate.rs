//! The gate: who asks, what for, and the proof that it is allowed.
//!
//! Three things that other systems leave to each handler are one here: permission, decryption and audit.
//! An [`Action`] is a type with a stable name. The doors in `fairwatch_store` load the facts in the very
//! transaction that acts on them, ask [`authorise`], and hand a [`Permit`] to the code that reads or writes;
//! nothing else can make one. Store functions take their ids from the permit, never from beside it, so that
//! what was checked is what is touched.
//!
//! What may not be seen and what does not exist have one answer, [`Hidden`] (VIS-7).
use crate::{
    ids::{AccountId, DeviceId, MemberId, MembershipId, OrgId, RequestId, SessionId},
    world::{Clock, Randomness, london_date, new_uuid},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};
use uuid::Uuid;

/// What an account may be in an organisation (SEC-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person of a member business.
    MemberUser,
    /// Authorised personnel of the scheme.
    Staff,
    /// The scheme's data controller (crime manager).
    Controller,
    /// A volunteer of the board of management.
    Board,
    /// A police officer, or an employee of a public agency.
    Police,
    /// The police area intelligence co-ordinator.
    Aic,
    /// An auditor of the force's data protection unit.
    Auditor,
    /// Keeps the server running; sees no personal data.
    Operator,
}

impl Role {
    /// Every role, in the order of the role matrix.
    pub const ALL: [Self; 8] = [
        Self::MemberUser,
        Self::Staff,
        Self::Controller,
        Self::Board,
        Self::Police,
        Self::Aic,
        Self::Auditor,
        Self::Operator,
    ];

    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MemberUser => "member_user",
            Self::Staff => "staff",
            Self::Controller => "controller",
            Self::Board => "board",
            Self::Police => "police",
            Self::Aic => "aic",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }

    /// What a page calls the role.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::MemberUser => "Member",
            Self::Staff => "Scheme staff",
            Self::Controller => "Data controller",
            Self::Board => "Board",
            Self::Police => "Police officer",
            Self::Aic => "Area intelligence co-ordinator",
            Self::Auditor => "Data protection auditor",
            Self::Operator => "Operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(UnknownRole)
    }
}

/// A stored role that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

/// Who asks, before the door has looked them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A browser without a session.
    Nobody,
    /// A signed-in user, acting under one membership or under none.
    User {
        /// The session that made the request.
        session: SessionId,
        /// Whose session it is.
        account: AccountId,
        /// The membership that the path names, if it names one that is theirs.
        membership: Option<MembershipId>,
    },
    /// A user whose session ended by itself a while ago, with the form that they had open before them. They may put
    /// what they had chosen into their own draft ([`LAPSED_MAY`]), and see nothing until they have signed in again.
    Lapsed {
        /// The session that ended.
        session: SessionId,
        /// Whose session it was.
        account: AccountId,
        /// The membership that the path names.
        membership: MembershipId,
    },
    /// The program itself, such as the sweep.
    Job(&'static str),
    /// The person at the server's console.
    Console,
}

/// What a [`Caller::Lapsed`] may do, whatever their role and route: writing into their own draft, which shows them
/// nothing. So a report with pictures survives a session that ended while it was typed.
pub const LAPSED_MAY: &[&str] = &["pictures.add", "evidence.prepare", "evidence.add"];

/// Who asks, as the door found them in the same transaction: session live, account and membership active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The account, if a user asks.
    pub account: Option<AccountId>,
    /// The active membership, if one was named.
    pub membership: Option<MembershipId>,
    /// The organisation of that membership.
    pub org: Option<OrgId>,
    /// The role in it.
    pub role: Option<Role>,
    /// The business that a member user belongs to.
    pub member: Option<MemberId>,
    /// Whether they manage the users of that business (INC-10).
    pub manages: bool,
    /// The shared device on which they signed in by a PIN, if they did (INC-10).
    pub device: Option<DeviceId>,
    /// The console or a job asks: roles do not apply, the action must allow it.
    pub machine: bool,
    /// Whether they have agreed to all that asks for it, and not too long ago; without it they see nothing of others
    /// (MEM-3).
    pub certified: bool,
}

impl Standing {
    /// Nobody: no account, no role.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            account: None,
            membership: None,
            org: None,
            role: None,
            member: None,
            manages: false,
            device: None,
            machine: false,
            certified: false,
        }
    }
    /// The console or a job.
    #[must_use]
    pub fn machine() -> Self {
        Self { machine: true, certified: true, ..Self::nobody() }
    }
    /// Whether they act in this organisation (or are the machine, which acts in all).
    #[must_use]
    pub fn acts_in(&self, org: OrgId) -> bool {
        self.machine || self.org == Some(org)
    }
    /// Whether they hold this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.role == Some(role)
    }
}

/// Everything about a request that is not its input. Made by the session, the command line or a job alone.
#[derive(Clone)]
pub struct Ctx {
    caller: Caller,
    request: RequestId,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    may: Option<&'static [&'static str]>,
}

impl Ctx {
    /// A context for one request, command or job.
    #[must_use]
    pub fn new(caller: Caller, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        let request = RequestId(new_uuid(clock.real_now(), &*randomness));
        Self { caller, request, clock, randomness, may: None }
    }
    /// The same request, now that the session is known.
    #[must_use]
    pub fn with_caller(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }
    /// The same request, confined to the actions that the route table names for its route.
    #[must_use]
    pub fn confined_to(mut self, actions: &'static [&'static str]) -> Self {
        self.may = Some(actions);
        self
    }
    /// Whether the route table lets this request perform an action.
    #[must_use]
    pub fn may_try(&self, action: &str) -> bool {
        let lapsed = matches!(self.caller, Caller::Lapsed { .. });
        (!lapsed || LAPSED_MAY.contains(&action)) && self.may.is_none_or(|actions| actions.contains(&action))
    }
    /// Who asks.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.caller
    }
    /// The id under which logs and audit know this request.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.request
    }
    /// The instant by which records live and die.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// The instant by which sessions, limits and tokens end.
    #[must_use]
    pub fn real_now(&self) -> Timestamp {
        self.clock.real_now()
    }
    /// Today in London.
    #[must_use]
    pub fn today(&self) -> Date {
        london_date(self.now())
    }
    /// The source of randomness.
    #[must_use]
    pub fn randomness(&self) -> &dyn Randomness {
        &*self.randomness
    }
    /// A new time-ordered id of any kind.
    #[must_use]
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(new_uuid(self.now(), &*self.randomness))
    }
}

/// How an action shows in the audit chain (AUD-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditClass {
    /// A look at one record, or a page of them: the entry lists the ids returned.
    Look,
    /// A change.
    Change,
    /// Holds no personal data of anybody but the caller, or none at all: no entry.
    Unrecorded,
}

/// Something that can be asked of the program, as a type.
pub trait Action: Send + Sync + 'static {
    /// The stable name, `feature.verb`, as the route table, the role matrix and the audit chain know it.
    const NAME: &'static str;
    /// How it shows in the audit chain.
    const CLASS: AuditClass;
    /// The roles that may ever do it.
    const ROLES: &'static [Role];
    /// Whether the console and jobs may do it.
    const MACHINE: bool = false;
    /// Whether it is open to somebody who has yet to certify: reporting is, and what is one's own (MEM-3). Where an
    /// action reaches both, its rule asks [`Standing::certified`] for what is others'.
    const UNCERTIFIED: bool = false;
    /// Which record, pair, scope or page it is about.
    type Target: Target;
    /// What must be known about the target, loaded in the transaction that acts on it.
    type Facts: Facts;

    /// Whether these facts allow it, for somebody whose role and organisation already do.
    fn allows(_standing: &Standing, _target: &Self::Target, _facts: &Self::Facts) -> bool {
        true
    }
}

/// What an action is about: the ids that go into its audit entry.
pub trait Target: Send + Sync + fmt::Debug + 'static {
    /// The ids, in a stable order.
    fn about(&self) -> Vec<Uuid>;
}

/// Facts about a target. Every target lies in one organisation, and only those who act there pass.
pub trait Facts: Send + Sync + 'static {
    /// The organisation in which the target lies.
    fn org(&self) -> Option<OrgId>;
}

/// The proof that an action on a target was allowed to somebody, in this transaction.
///
/// Its fields are private and it cannot be cloned: only [`authorise`] makes one.
#[derive(Debug)]
pub struct Permit<A: Action> {
    target: A::Target,
    facts: A::Facts,
    standing: Standing,
}

impl<A: Action> Permit<A> {
    /// The record, pair, scope or page that was allowed.
    #[must_use]
    pub fn target(&self) -> &A::Target {
        &self.target
    }
    /// The facts on which it was allowed.
    #[must_use]
    pub fn facts(&self) -> &A::Facts {
        &self.facts
    }
    /// To whom it was allowed.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
}

/// It does not exist, or it is not for them: one answer for both (VIS-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is nothing here, or it is not for you")]
pub struct Hidden;

/// Whether a role may ever do an action, before any facts: a cell of the role matrix (SEC-3).
#[must_use]
pub fn role_may<A: Action>(standing: &Standing) -> bool {
    if standing.machine { A::MACHINE } else { standing.role.is_some_and(|role| A::ROLES.contains(&role)) }
}

/// Decides, purely, whether an action is allowed (SEC-3, VIS-7).
///
/// # Errors
/// [`Hidden`] where the role, the organisation or the facts do not allow it.
pub fn authorise<A: Action>(
    standing: Standing,
    target: A::Target,
    facts: A::Facts,
) -> Result<Permit<A>, Hidden> {
    let inside = match facts.org() {
        Some(org) => standing.acts_in(org),
        None => true,
    };
    let certified = A::UNCERTIFIED || standing.certified;
    if role_may::<A>(&standing) && inside && certified && A::allows(&standing, &target, &facts) {
        Ok(Permit { target, facts, standing })
    } else {
        Err(Hidden)
    }
}

/// A row of the role matrix: an action and who may ever do it.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// The action's stable name.
    pub name: &'static str,
    /// How it shows in the audit chain.
    pub class: AuditClass,
    /// The roles that may ever do it.
    pub roles: &'static [Role],
    /// Whether the console and jobs may do it.
    pub machine: bool,
    /// Whether it is open to somebody who has yet to certify.
    pub uncertified: bool,
}

/// Declares the actions of a feature, and lists them in its `ACTIONS`.
///
/// `Name = "feature.verb", Class, roles, Target => Facts;` and after the facts, where they matter, a function
/// `fn(&Standing, &Target, &Facts) -> bool`, `machine` where the console or a job may do it, or `uncertified` where
/// somebody may who has yet to certify.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $class:ident, $roles:expr, $target:ty => $facts:ty $(, $more:ident)*;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl $crate::gate::Action for $name {
                const NAME: &'static str = $text;
                const CLASS: AuditClass = AuditClass::$class;
                const ROLES: &'static [Role] = &$roles;
                const MACHINE: bool = $crate::gate::actions!(@machine $($more)*);
                const UNCERTIFIED: bool = $crate::gate::actions!(@uncertified $($more)*);
                type Target = $target;
                type Facts = $facts;
                $($crate::gate::actions!(@allows $more, $target, $facts);)*
            }
        )+
        /// The actions of this feature, for the role matrix.
        pub const ACTIONS: &[$crate::gate::Listed] = &[$($crate::gate::Listed {
            name: <$name as $crate::gate::Action>::NAME,
            class: <$name as $crate::gate::Action>::CLASS,
            roles: <$name as $crate::gate::Action>::ROLES,
            machine: <$name as $crate::gate::Action>::MACHINE,
            uncertified: <$name as $crate::gate::Action>::UNCERTIFIED,
        }),+];
    };
    (@machine) => { false };
    (@machine machine $($rest:ident)*) => { true };
    (@machine $other:ident $($rest:ident)*) => { $crate::gate::actions!(@machine $($rest)*) };
    (@uncertified) => { false };
    (@uncertified uncertified $($rest:ident)*) => { true };
    (@uncertified $other:ident $($rest:ident)*) => { $crate::gate::actions!(@uncertified $($rest)*) };
    (@allows machine, $target:ty, $facts:ty) => {};
    (@allows uncertified, $target:ty, $facts:ty) => {};
    (@allows $rule:ident, $target:ty, $facts:ty) => {
        fn allows(standing: &$crate::gate::Standing, target: &$target, facts: &$facts) -> bool {
            $rule(standing, target, facts)
        }
    };
}
pub(crate) use actions;
