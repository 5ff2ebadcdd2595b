//! The schema: the same on both engines, every table with an end, and personal data in sealed columns alone.
use fairwatch_store::{Engine, retention, testing};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::collections::BTreeSet;

fn table(column: &str) -> &str {
    column.split_once('.').map_or(column, |(table, _)| table)
}

/// One schema on two engines: a migration cannot bring a column to one of them alone.
#[tokio::test]
async fn both_engines_have_the_same_columns() {
    let (sqlite, postgres) = (World::new(Engine::Sqlite).await, World::new(Engine::Postgres).await);
    let of = async |world: &World| testing::columns(&world.store).await.expect("the schema can be read");
    assert_eq!(of(&sqlite).await, of(&postgres).await);
    sqlite.store.close().await;
    postgres.store.close().await;
}

on_both!(ret_15_every_table_has_an_end);
/// RET-15: a table without a retention rule fails the build, and so does a rule without a table.
async fn ret_15_every_table_has_an_end(world: &World) -> Outcome {
    let columns = testing::columns(&world.store).await?;
    let tables = columns.iter().map(|column| table(column)).collect::<BTreeSet<_>>();
    let ruled = retention::TABLES.iter().map(|(table, _)| *table).collect::<BTreeSet<_>>();
    assert_eq!(ruled.len(), retention::TABLES.len(), "a table has two rules");
    let without = tables.difference(&ruled).collect::<Vec<_>>();
    assert!(without.is_empty(), "say in fairwatch_store::retention what becomes of {without:?}");
    let stale = ruled.difference(&tables).collect::<Vec<_>>();
    assert!(stale.is_empty(), "there is no table {stale:?} any more");
    for (table, rule) in retention::TABLES {
        assert!(rule.len() > 10, "{table}: {rule:?} says nothing");
    }
    Ok(())
}
