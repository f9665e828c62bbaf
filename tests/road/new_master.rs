//! A master that nobody wrote code for: 修飾語 (Z), with one TOML file.

use crate::stage::{Stage, checkout, data};

#[test]
fn a_new_master_is_one_toml_file() {
    let Some(data) = data("the modifier master") else { return };
    let stage = Stage::new();
    let file = data.join("disease/z_20240601.txt");
    let ran = stage.warifu(&format!("inspect {}", file.display())).ends(0);
    assert!(ran.out.contains("not a master this program knows"), "{}", ran.out);

    let schemas = stage.path("site");
    std::fs::create_dir_all(schemas.join("layouts")).unwrap();
    let example = checkout().join("docs/examples/modifier-19.toml");
    std::fs::copy(example, schemas.join("layouts/modifier-19.toml")).unwrap();
    let z = file.display();
    let ran = stage.warifu(&format!("--schemas site inspect {z}")).ends(0);
    assert!(ran.out.contains("modifier-19") && ran.out.contains("full, 2,349 rows"), "{}", ran.out);
    stage.warifu(&format!("--schemas site validate {z}")).ends(0);
    stage.warifu(&format!("--schemas site convert {z} --from kikin --to kokuho -o z.euc")).ends(0);
    stage.warifu("init repo --series r06=modifier:2024-06-01").ends(0);
    stage.warifu(&format!("--schemas site import --repo repo --series r06 {z}")).ends(0);
    let ran = stage.warifu("--schemas site show --repo repo 8282").ends(0);
    assert!(ran.out.contains("・高分化型"), "{}", ran.out);
    stage.warifu("--schemas site export --repo repo HEAD:modifier --original -o back.txt").ends(0);
    assert!(std::fs::read(stage.path("back.txt")).unwrap() == std::fs::read(&file).unwrap());
}
