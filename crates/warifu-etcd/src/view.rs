//! What one read of the store brings, all of it of one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use etcd_client::proto::{PbKeyValue, PbRangeResponse, PbTxnOpResponse};
use etcd_client::{GetOptions, SortOrder, SortTarget, Txn, TxnOp, TxnResponse};
use warifu_fleet::armed::ArmedView;
use warifu_fleet::desired::{Desired, Seen};
use warifu_fleet::member::MemberName;
use warifu_fleet::node::StoreView;
use warifu_fleet::orders::{Order, Orders};
use warifu_fleet::probation::Sighting;
use warifu_fleet::release::Revision;
use warifu_fleet::report::Report;

use crate::announced::Announced;
use crate::damaged::{Damage, Damaged};
use crate::endpoints::Endpoints;
use crate::keys::{Keys, member_of};
use crate::store_error::StoreError;
use crate::values::{ANNOUNCEMENT, MEMBERS, ORDER, ORDERS, RECORD, parse, parse_epoch};

/// An area as a coordinator and operators look at it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The record, and who armed.
    pub view: StoreView,
    /// The announcements whose leases hold.
    pub announced: BTreeMap<MemberName, Announced>,
    /// What people said, oldest first.
    pub orders: Orders,
    /// What is left out above, since it cannot be read.
    pub damaged: Vec<Damaged>,
}

impl Overview {
    /// What the coordinator decides by.
    pub fn reports(&self) -> BTreeMap<MemberName, Report> {
        self.announced.iter().map(|(name, said)| (name.clone(), said.report.clone())).collect()
    }

    /// What probation saw, by code.
    pub fn sightings(&self) -> BTreeMap<String, BTreeMap<MemberName, Sighting>> {
        let mut by_code: BTreeMap<String, BTreeMap<MemberName, Sighting>> = BTreeMap::new();
        for (name, said) in &self.announced {
            for (code, sighting) in &said.sightings {
                by_code.entry(code.clone()).or_default().insert(name.clone(), *sighting);
            }
        }
        by_code
    }
}

/// A transaction's answers, in the order of its questions.
pub(crate) struct Answers<'a> {
    /// What it is told by, when an answer is none.
    key: &'a str,
    /// The store's.
    pub(crate) revision: Revision,
    ranges: std::vec::IntoIter<Option<PbTxnOpResponse>>,
}

impl<'a> Answers<'a> {
    /// Of a transaction about `key`.
    pub(crate) fn of(key: &'a str, response: TxnResponse) -> Result<Answers<'a>, Damaged> {
        let response = response.0;
        let revision = response.header.map(|header| header.revision);
        let ranges = response.responses.into_iter().map(|one| one.response).collect::<Vec<_>>();
        Ok(Answers { key, revision: revision_of(key, revision)?, ranges: ranges.into_iter() })
    }

    /// The next one, to a question for keys.
    pub(crate) fn range(&mut self) -> Result<PbRangeResponse, Damaged> {
        match self.ranges.next() {
            Some(Some(PbTxnOpResponse::ResponseRange(range))) => Ok(range),
            _ => Err(Damaged::new(self.key.as_bytes(), Damage::NotAnAnswer)),
        }
    }

    /// The same, to a question for the one key.
    pub(crate) fn one(&mut self, key: &str) -> Result<Option<PbKeyValue>, Damaged> {
        match self.range()?.kvs.into_iter().next() {
            Some(found) if found.key != key.as_bytes() => {
                Err(Damaged::new(key.as_bytes(), Damage::NotAnAnswer))
            }
            found => Ok(found),
        }
    }
}

/// A revision as etcd gives it; it never is 0.
pub(crate) fn revision_of(key: &str, revision: Option<i64>) -> Result<Revision, Damaged> {
    let revision = revision.and_then(|revision| u64::try_from(revision).ok()).filter(|at| *at > 0);
    revision.map(Revision).ok_or_else(|| Damaged::new(key.as_bytes(), Damage::NotAnAnswer))
}

/// Up to `limit` keys that begin with `key`, and one more if there is.
fn up_to(key: String, limit: usize, options: GetOptions) -> TxnOp {
    TxnOp::get(key, Some(options.with_prefix().with_limit(limit as i64 + 1)))
}

/// The record that `found` is.
pub(crate) fn seen(key: &str, found: &PbKeyValue) -> Result<Seen, Damaged> {
    let record: Desired = parse(key.as_bytes(), &found.value, RECORD)?;
    let revision = revision_of(key, Some(found.mod_revision))?;
    Ok(Seen { revision, record: Arc::new(record) })
}

/// Record and keys, linearizable: nothing else is asked.
pub(crate) async fn read(endpoints: &Endpoints, keys: &Keys) -> Result<Option<StoreView>, StoreError> {
    let record = keys.record();
    let ask = [TxnOp::get(record.as_str(), None), up_to(keys.all_armed(), MEMBERS, GetOptions::new())];
    let response = transaction(endpoints, &record, Txn::new().and_then(ask)).await?;
    Ok(view(keys, &mut Answers::of(&record, response)?)?)
}

/// The record alone, and the store's revision.
pub(crate) async fn read_record(
    endpoints: &Endpoints,
    keys: &Keys,
) -> Result<(Revision, Option<PbKeyValue>), StoreError> {
    let record = keys.record();
    let ask = [TxnOp::get(record.as_str(), None)];
    let response = transaction(endpoints, &record, Txn::new().and_then(ask)).await?;
    let mut answers = Answers::of(&record, response)?;
    Ok((answers.revision, answers.one(&record)?))
}

/// All of it.
pub(crate) async fn overview(endpoints: &Endpoints, keys: &Keys) -> Result<Option<Overview>, StoreError> {
    let record = keys.record();
    let newest = GetOptions::new().with_sort(SortTarget::Mod, SortOrder::Descend);
    let ask = [
        TxnOp::get(record.as_str(), None),
        up_to(keys.all_armed(), MEMBERS, GetOptions::new()),
        up_to(keys.all_alive(), MEMBERS, GetOptions::new()),
        up_to(keys.orders(), ORDERS, newest),
    ];
    let response = transaction(endpoints, &record, Txn::new().and_then(ask)).await?;
    let mut answers = Answers::of(&record, response)?;
    let Some(view) = view(keys, &mut answers)? else { return Ok(None) };
    let mut damaged = Vec::new();
    let announced = announced(keys, answers.range()?, &mut damaged);
    let orders = orders(keys, answers.range()?, &mut damaged);
    Ok(Some(Overview { view, announced, orders, damaged }))
}

/// What people said, oldest first.
pub(crate) async fn read_orders(
    endpoints: &Endpoints,
    keys: &Keys,
) -> Result<(Orders, Vec<Damaged>), StoreError> {
    let all = keys.orders();
    let newest = GetOptions::new().with_sort(SortTarget::Mod, SortOrder::Descend);
    let ask = [up_to(all.clone(), ORDERS, newest)];
    let response = transaction(endpoints, &all, Txn::new().and_then(ask)).await?;
    let mut damaged = Vec::new();
    let orders = orders(keys, Answers::of(&all, response)?.range()?, &mut damaged);
    Ok((orders, damaged))
}

pub(crate) async fn transaction(
    endpoints: &Endpoints,
    key: &str,
    transaction: Txn,
) -> Result<TxnResponse, StoreError> {
    let asked = endpoints.ask(key, |mut clients| {
        let transaction = transaction.clone();
        async move { clients.kv.txn(transaction).await }
    });
    Ok(asked.await?.answer)
}

fn view(keys: &Keys, answers: &mut Answers<'_>) -> Result<Option<StoreView>, Damaged> {
    let record = answers.one(&keys.record())?;
    let armed = answers.range()?;
    let Some(record) = record else { return Ok(None) };
    let seen = seen(&keys.record(), &record)?;
    let armed = armed_view(keys, &seen.record, &armed, answers.revision);
    Ok(Some(StoreView { seen, armed }))
}

/// Who of the voters armed for what is pending. What is damaged or left out may be the key of one who armed:
/// then it is not known that no majority did.
fn armed_view(keys: &Keys, record: &Desired, found: &PbRangeResponse, as_of: Revision) -> Option<ArmedView> {
    record.pending()?;
    let (all, epoch, voters) = (keys.all_armed(), record.last(), record.members().voters());
    let mut count = 0;
    let mut is_whole = !found.more;
    for key in &found.kvs {
        match member_of(&key.key, &all).filter(|name| voters.contains(name)) {
            None => {}
            Some(_) => match parse_epoch(&key.value) {
                Some(armed) => count += usize::from(armed == epoch),
                None => is_whole = false,
            },
        }
    }
    let view = ArmedView { epoch, count, as_of };
    (is_whole || view.majority(record.members()).is_ok()).then_some(view)
}

fn announced(
    keys: &Keys,
    found: PbRangeResponse,
    damaged: &mut Vec<Damaged>,
) -> BTreeMap<MemberName, Announced> {
    let all = keys.all_alive();
    let mut announced = BTreeMap::new();
    for PbKeyValue { key, value, lease, .. } in limited(&all, found, MEMBERS, damaged) {
        let said = match member_of(&key, &all) {
            None => Err(Damaged::new(&key, Damage::NoMember)),
            Some(_) if lease == 0 => Err(Damaged::new(&key, Damage::NoLease)),
            Some(name) => parse::<Announced>(&key, &value, ANNOUNCEMENT).map(|said| (name, said)),
        };
        match said {
            Ok((name, said)) => drop(announced.insert(name, said)),
            Err(why) => damaged.push(why),
        }
    }
    announced
}

fn orders(keys: &Keys, found: PbRangeResponse, damaged: &mut Vec<Damaged>) -> Orders {
    let mut orders = Vec::new();
    for PbKeyValue { key, value, .. } in limited(&keys.orders(), found, ORDERS, damaged) {
        let order = parse::<Order>(&key, &value, ORDER).and_then(|order| {
            // An order under the key of another would be taken back with it.
            let is_its_own = keys.order(&order.act).as_bytes() == key;
            if is_its_own { Ok(order) } else { Err(Damaged::new(&key, Damage::NotAnAnswer)) }
        });
        match order {
            Ok(order) => orders.push(order),
            Err(why) => damaged.push(why),
        }
    }
    orders.reverse();
    Orders(orders)
}

fn limited(
    all: &str,
    found: PbRangeResponse,
    limit: usize,
    damaged: &mut Vec<Damaged>,
) -> impl Iterator<Item = PbKeyValue> + use<> {
    if found.kvs.len() > limit {
        damaged.push(Damaged::new(all.as_bytes(), Damage::TooMany { limit }));
    }
    found.kvs.into_iter().take(limit)
}
