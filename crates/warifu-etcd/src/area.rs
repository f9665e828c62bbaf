//! One area in the store: what is read of it, and each write with what it depends on.

use etcd_client::{Compare, CompareOp, PutOptions, Txn, TxnOp};
use warifu_fleet::coordinator::Change;
use warifu_fleet::desired::Desired;
use warifu_fleet::member::MemberName;
use warifu_fleet::node::{Arm, StoreView};
use warifu_fleet::orders::{Act, Order, Orders};
use warifu_fleet::release::Revision;
use warifu_fleet::time::Millis;

use crate::announced::Announced;
use crate::damaged::{Damage, Damaged};
use crate::endpoints::Endpoints;
use crate::keys::Keys;
use crate::lease::Lease;
use crate::settings::Settings;
use crate::store_error::StoreError;
use crate::values::{
    ANNOUNCEMENT, COORDINATOR, ORDER, ORDERS, RECORD, parse, parse_epoch, write, write_epoch,
};
use crate::view::{self, Answers, Overview, revision_of};
use crate::watch::{Scope, Watch};

/// One area in the store. Copies share their connections.
#[derive(Debug, Clone)]
pub struct Area {
    endpoints: Endpoints,
    keys: Keys,
}

/// What became of a write that depends on what was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a write that was overtaken did not take place"]
pub enum Written {
    /// It is there, since this revision.
    Yes(Revision),
    /// Somebody else wrote before: whoever wants it still decides anew.
    Overtaken,
}

impl Area {
    /// The area `area` in the store that `settings` say. It connects with the first question.
    ///
    /// # Errors
    ///
    /// When the settings cannot be meant, or the certificates are of no use.
    pub fn new(settings: &Settings, area: &str) -> Result<Area, StoreError> {
        let keys = Keys::new(&settings.prefix, area)
            .map_err(|_| StoreError::Settings(format!("{:?}, {area:?}", settings.prefix)))?;
        Ok(Area { endpoints: Endpoints::new(settings)?, keys })
    }

    /// The record, and who armed for what it has committed: linearizable, in one transaction. `None` when
    /// nobody founded the area.
    ///
    /// # Errors
    ///
    /// When no endpoint answers, or the record is damaged: then it gives no permission.
    pub async fn read(&self) -> Result<Option<StoreView>, StoreError> {
        view::read(&self.endpoints, &self.keys).await
    }

    /// The same with all announcements whose leases hold, and all orders.
    ///
    /// # Errors
    ///
    /// As those of [`Area::read`]; what else is damaged is in the overview.
    pub async fn overview(&self) -> Result<Option<Overview>, StoreError> {
        view::overview(&self.endpoints, &self.keys).await
    }

    /// Writes the first record of an area. What an area of this name left behind before goes: its keys would
    /// speak for other epochs of the same numbers.
    ///
    /// # Errors
    ///
    /// When it is not known to be written.
    pub async fn found(&self, record: &Desired) -> Result<Written, StoreError> {
        let key = self.keys.record();
        let bytes = write(&key, record, RECORD)?;
        let under = |all: String| TxnOp::delete(all, Some(etcd_client::DeleteOptions::new().with_prefix()));
        let transaction = Txn::new()
            .when([Compare::create_revision(key.as_str(), CompareOp::Equal, 0)])
            .and_then([
                TxnOp::put(key.as_str(), bytes.as_slice(), None),
                under(self.keys.all_armed()),
                under(self.keys.orders()),
            ])
            .or_else([TxnOp::get(key.as_str(), None)]);
        self.write_value(&key, &bytes, Revision(0), transaction).await
    }

    /// Writes the next record, if nobody wrote one since and, where the change rests on that, nobody armed
    /// since.
    ///
    /// # Errors
    ///
    /// When it is not known to be written.
    pub async fn write(&self, change: &Change) -> Result<Written, StoreError> {
        let key = self.keys.record();
        let bytes = write(&key, &change.record, RECORD)?;
        let mut when = vec![is_at(&key, change.expects)];
        if let Some(none) = &change.none_armed {
            // A key is written for what is committed alone, so whatever is newer is of that epoch.
            let newer = signed(none.as_of()).saturating_add(1);
            when.push(Compare::mod_revision(self.keys.all_armed(), CompareOp::Less, newer).with_prefix());
        }
        let transaction = Txn::new()
            .when(when)
            .and_then([TxnOp::put(key.as_str(), bytes.as_slice(), None)])
            .or_else([TxnOp::get(key.as_str(), None)]);
        self.write_value(&key, &bytes, change.expects, transaction).await
    }

    /// Writes the key of a member that armed, if the record is still the one that it armed by. Again, it is
    /// there already.
    ///
    /// # Errors
    ///
    /// When it is not known to be written; the member has armed all the same.
    pub async fn arm(&self, arm: &Arm) -> Result<Written, StoreError> {
        let (record, key) = (self.keys.record(), self.keys.armed(&arm.member));
        let transaction = Txn::new()
            .when([is_at(&record, arm.expects)])
            .and_then([TxnOp::put(key.as_str(), write_epoch(arm.epoch), None)])
            .or_else([TxnOp::get(key.as_str(), None)]);
        let response = view::transaction(&self.endpoints, &key, transaction).await?;
        let took_place = response.succeeded();
        let mut answers = Answers::of(&key, response)?;
        if took_place {
            return Ok(Written::Yes(answers.revision));
        }
        match answers.one(&key)? {
            Some(found) if parse_epoch(&found.value) == Some(arm.epoch) => {
                Ok(Written::Yes(revision_of(&key, Some(found.mod_revision))?))
            }
            _ => Ok(Written::Overtaken),
        }
    }

    /// A lease for announcements.
    ///
    /// # Errors
    ///
    /// When no endpoint gives one.
    pub async fn lease(&self, ttl: Millis) -> Result<Lease, StoreError> {
        Lease::grant(&self.endpoints, self.keys.all(), ttl).await
    }

    /// Announces `member` as long as `lease` holds. Each is a write that all of etcd carries: it is made when
    /// something changed, and else every [`report_interval`](warifu_fleet::policy::Terms::report_interval).
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseGone`] when the lease has ended; others when it is not known to be written.
    pub async fn announce(
        &self,
        lease: &Lease,
        member: &MemberName,
        said: &Announced,
    ) -> Result<(), StoreError> {
        let key = self.keys.alive(member);
        let bytes = write(&key, said, ANNOUNCEMENT)?;
        let options = PutOptions::new().with_lease(lease.id);
        let put = Txn::new().and_then([TxnOp::put(key.as_str(), bytes, Some(options))]);
        view::transaction(&self.endpoints, &key, put).await.map(drop)
    }

    /// Whether `member` is the one that coordinates while `lease` holds: it becomes so when nobody is. That
    /// several think so does no harm; that all do costs reads.
    ///
    /// # Errors
    ///
    /// When it is not known.
    pub async fn coordinates(&self, lease: &Lease, member: &MemberName) -> Result<bool, StoreError> {
        let key = self.keys.coordinator();
        let bytes = write(&key, member, COORDINATOR)?;
        let options = PutOptions::new().with_lease(lease.id);
        let transaction = Txn::new()
            .when([Compare::create_revision(key.as_str(), CompareOp::Equal, 0)])
            .and_then([TxnOp::put(key.as_str(), bytes, Some(options))])
            .or_else([TxnOp::get(key.as_str(), None)]);
        let response = view::transaction(&self.endpoints, &key, transaction).await?;
        if response.succeeded() {
            return Ok(true);
        }
        Ok(Answers::of(&key, response)?.one(&key)?.is_some_and(|found| found.lease == lease.id))
    }

    /// Who coordinates now, for people.
    ///
    /// # Errors
    ///
    /// When it is not known.
    pub async fn coordinator(&self) -> Result<Option<MemberName>, StoreError> {
        let key = self.keys.coordinator();
        let ask = Txn::new().and_then([TxnOp::get(key.as_str(), None)]);
        let response = view::transaction(&self.endpoints, &key, ask).await?;
        let found = Answers::of(&key, response)?.one(&key)?;
        let name = found.map(|found| parse(key.as_bytes(), &found.value, COORDINATOR));
        Ok(name.transpose()?)
    }

    /// Gives an order. Given again, it is said last. Overtaken when somebody gave the same just now.
    ///
    /// # Errors
    ///
    /// When nobody founded the area, too many orders stand, or it is not known to be written.
    pub async fn order(&self, order: &Order) -> Result<Written, StoreError> {
        let (record, key, all) = (self.keys.record(), self.keys.order(&order.act), self.keys.orders());
        let bytes = write(&key, order, ORDER)?;
        let count = etcd_client::GetOptions::new().with_prefix().with_count_only();
        let look = Txn::new().and_then([
            TxnOp::get(record.as_str(), Some(etcd_client::GetOptions::new().with_keys_only())),
            TxnOp::get(key.as_str(), None),
            TxnOp::get(all.as_str(), Some(count)),
        ]);
        let mut answers = Answers::of(&key, view::transaction(&self.endpoints, &key, look).await?)?;
        if answers.one(&record)?.is_none() {
            return Err(StoreError::NoArea { key: record });
        }
        let stands = answers.one(&key)?.map_or(0, |found| found.mod_revision);
        if stands == 0 && answers.range()?.count >= ORDERS as i64 {
            return Err(Damaged::new(all.as_bytes(), Damage::TooMany { limit: ORDERS }).into());
        }
        // A write that comes late, after its giver thought it lost, must not be said after another order.
        let transaction = Txn::new()
            .when([Compare::mod_revision(key.as_str(), CompareOp::Equal, stands)])
            .and_then([TxnOp::put(key.as_str(), bytes.as_slice(), None)])
            .or_else([TxnOp::get(key.as_str(), None)]);
        let stands = Revision(u64::try_from(stands).unwrap_or(0));
        self.write_value(&key, &bytes, stands, transaction).await
    }

    /// Every order that stands, oldest first, and what cannot be read among them.
    ///
    /// # Errors
    ///
    /// When no endpoint answers.
    pub async fn orders(&self) -> Result<(Orders, Vec<Damaged>), StoreError> {
        view::read_orders(&self.endpoints, &self.keys).await
    }

    /// Takes back an order; overtaken when it does not stand.
    ///
    /// # Errors
    ///
    /// When it is not known to be taken back.
    pub async fn take_back(&self, act: &Act) -> Result<Written, StoreError> {
        let key = self.keys.order(act);
        let transaction = Txn::new()
            .when([Compare::create_revision(key.as_str(), CompareOp::Greater, 0)])
            .and_then([TxnOp::delete(key.as_str(), None)]);
        let asked = self.endpoints.ask(&key, |mut clients| {
            let transaction = transaction.clone();
            async move { clients.kv.txn(transaction).await }
        });
        let asked = asked.await?;
        let took_place = asked.answer.succeeded() || asked.in_doubt;
        let at = Answers::of(&key, asked.answer)?.revision;
        Ok(if took_place { Written::Yes(at) } else { Written::Overtaken })
    }

    /// Watches the record: what each member does.
    ///
    /// # Errors
    ///
    /// When no endpoint answers.
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        Watch::begin(&self.endpoints, &self.keys, Scope::Record).await
    }

    /// Watches all of the area, announcements too: what the one who coordinates does. If all members did,
    /// each announcement would go to each of them.
    ///
    /// # Errors
    ///
    /// When no endpoint answers.
    pub async fn watch_all(&self) -> Result<Watch, StoreError> {
        Watch::begin(&self.endpoints, &self.keys, Scope::All).await
    }

    /// Carries out `transaction`, which puts `bytes` at `key` or else reads what is there.
    async fn write_value(
        &self,
        key: &str,
        bytes: &[u8],
        expects: Revision,
        transaction: Txn,
    ) -> Result<Written, StoreError> {
        let asked = self.endpoints.ask(key, |mut clients| {
            let transaction = transaction.clone();
            async move { clients.kv.txn(transaction).await }
        });
        let asked = asked.await?;
        let took_place = asked.answer.succeeded();
        let mut answers = Answers::of(key, asked.answer)?;
        if took_place {
            return Ok(Written::Yes(answers.revision));
        }
        // The endpoint that fell silent may have written it before this one refused it.
        match answers.one(key)? {
            Some(found) if asked.in_doubt && found.value == bytes => {
                let at = revision_of(key, Some(found.mod_revision))?;
                Ok(if at > expects { Written::Yes(at) } else { Written::Overtaken })
            }
            _ => Ok(Written::Overtaken),
        }
    }
}

fn is_at(key: &str, revision: Revision) -> Compare {
    Compare::mod_revision(key, CompareOp::Equal, signed(revision))
}

/// As etcd counts; a number that it cannot have is none of its revisions.
fn signed(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}
