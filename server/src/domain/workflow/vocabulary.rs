//! The closed lists that a rulebook is written with. A rulebook combines them; it cannot add to them.

/// Declares an enum together with its words, so that no list of known words can fall behind.
macro_rules! closed_list {
    (
        $(#[$about:meta])*
        $list:ident { $( $(#[$what:meta])* $entry:ident = $name:literal, )+ }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $list {
            $( $(#[$what])* $entry, )+
        }

        impl $list {
            /// Every entry, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$( Self::$entry ),+];

            /// The word for this entry in rulebooks, answers and logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $( Self::$entry => $name, )+
                }
            }

            /// The entry that `name` is the word for, if there is one.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $( $name => Some(Self::$entry), )+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(super) use closed_list;

closed_list! {
    /// The lifecycle that the states of every workflow belong to.
    Phase {
        /// Taken, not yet agreed.
        New = "NEW",
        /// Agreed and being worked on.
        Confirmed = "CONFIRMED",
        /// Done.
        Complete = "COMPLETE",
        /// Called off.
        Cancelled = "CANCELLED",
    }
}

impl Phase {
    /// The number of this phase, the same in every workflow.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::New => 1,
            Self::Confirmed => 10,
            Self::Complete => 20,
            Self::Cancelled => 30,
        }
    }
}

closed_list! {
    /// What a typed call asks for; a workflow says which transition answers it, and from where.
    Verb {
        /// Agree to the order.
        Confirm = "confirm",
        /// Settle what is owed.
        Pay = "pay",
        /// Declare the order done.
        Complete = "complete",
        /// Call the order off.
        Cancel = "cancel",
        /// Close the order to edits and moves.
        Lock = "lock",
        /// Open a locked order again.
        Unlock = "unlock",
    }
}

closed_list! {
    /// What must hold of an order before a transition may be taken.
    Guard {
        /// What was paid is what the order costs.
        BalanceSettled = "balance_settled",
        /// The payments add up to zero.
        NothingPaid = "nothing_paid",
        /// Something is still owed.
        NotPaid = "not_paid",
        /// No booked invoice stands on the order.
        NotInvoiced = "not_invoiced",
        /// The order is not locked.
        Unlocked = "unlocked",
        /// There is something to sell.
        HasLines = "has_lines",
    }
}

impl Guard {
    /// Whether this guard protects money; an override never passes over such a guard.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(
            self,
            Self::BalanceSettled | Self::NothingPaid | Self::NotPaid | Self::NotInvoiced
        )
    }

    /// What must hold, in words for people; completes "This is refused: …".
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::BalanceSettled => "the balance must be settled",
            Self::NothingPaid => "nothing may have been paid",
            Self::NotPaid => "the order must not be paid yet",
            Self::NotInvoiced => "nothing may have been invoiced",
            Self::Unlocked => "the order must be unlocked",
            Self::HasLines => "the order must have at least one line",
        }
    }
}

closed_list! {
    /// What a transition does beside moving the order, in the order in which it is written.
    Effect {
        /// Records a payment of the balance, zero included.
        SettlePayment = "settle_payment",
        /// Sets the order date to the time of the transition.
        StampOrderDate = "stamp_order_date",
        /// Locks the order.
        Lock = "lock",
        /// Locks the order if the account's setting `lock_on_confirm` is on.
        LockIfConfigured = "lock_if_configured",
        /// Unlocks the order.
        Unlock = "unlock",
    }
}

closed_list! {
    /// What a caller must say to take a transition.
    Requirement {
        /// A reason in words.
        Reason = "reason",
        /// One of the account's cancellation types.
        CancellationType = "cancellation_type",
    }
}

closed_list! {
    /// What may be edited while an order stands in a state.
    Edits {
        /// Everything.
        All = "all",
        /// Who is to be reached, and where.
        Contact = "contact",
        /// Nothing.
        None = "none",
    }
}

#[cfg(test)]
mod tests {
    use super::{Edits, Effect, Guard, Phase, Requirement, Verb};

    #[test]
    fn every_word_of_every_list_is_read_back_as_the_same_entry() {
        macro_rules! read_back {
            ($($list:ident),+) => { $(
                for entry in $list::ALL {
                    assert_eq!($list::parse(entry.name()), Some(*entry));
                    assert_eq!(entry.to_string(), entry.name());
                }
                assert_eq!($list::parse("no such word"), None);
            )+ };
        }
        read_back!(Phase, Verb, Guard, Effect, Requirement, Edits);
    }

    #[test]
    fn the_phases_carry_their_fixed_numbers() {
        let codes: Vec<i32> = Phase::ALL.iter().map(|phase| phase.code()).collect();
        assert_eq!(codes, [1, 10, 20, 30]);
    }

    #[test]
    fn the_first_four_guards_protect_money() {
        let money: Vec<bool> = Guard::ALL.iter().map(|guard| guard.is_money()).collect();
        assert_eq!(money, [true, true, true, true, false, false]);
    }
}
