//! Every finding code, once: its severity, its text in both languages and what to do about it.

use std::fmt;

use serde::Serialize;

use super::severity::Severity;
use warifu_values::lang::Lang;

macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident
        en $en:literal
        do $do_en:literal
        ja $ja:literal
        do $do_ja:literal;)+) => {
        /// A stable name for one way in which data can be wrong or remarkable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $en] $variant),+ }

        impl Code {
            /// Every code, in the order of `docs/findings.md`.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The code as scripts and waivers write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code),+ }
            }

            /// What it means for the operation.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity),+ }
            }

            /// What is wrong; `{found}` and `{expected}` stand for the evidence.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Code::$variant, Lang::En) => $en, (Code::$variant, Lang::Ja) => $ja),+
                }
            }

            /// What to do next.
            pub fn advice(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Code::$variant, Lang::En) => $do_en, (Code::$variant, Lang::Ja) => $do_ja),+
                }
            }
        }
    };
}

codes! {
    FileEmpty "file/empty" Deny
        en "the file has no rows"
        do "Ask the sender for the file again."
        ja "ファイルに行がありません"
        do "送付元に再送を依頼してください。";
    FileUnknown "file/unknown" Deny
        en "not a master file: {found}"
        do "Check that this is the file you meant; `schemas/layouts/` lists the masters that are known."
        ja "マスターファイルではありません: {found}"
        do "対象ファイルを確認してください。対応マスターは schemas/layouts/ にあります。";
    FileCharset "file/charset" Deny
        en "bytes {found} are not {expected}"
        do "The file is damaged or in another character set; `warifu inspect` says which it looks like."
        ja "バイト列 {found} は {expected} ではありません"
        do "破損か別の文字コードです。warifu inspect で推定できます。";
    FileNotReversible "file/not-reversible" Deny
        en "{found} would not come back as the same bytes in {expected}"
        do "Ask for a file without vendor characters (NEC/IBM extensions, user-defined characters)."
        ja "{found} は {expected} で同じバイト列に戻りません"
        do "機種依存文字・外字のないファイルを依頼してください。";
    FileFormat "file/format" Deny
        en "declared as {expected}, but it looks like {found}"
        do "Name its own format (`--format`; of `convert`, `--from`), or convert it first; never rename it."
        ja "{expected} として渡されましたが、{found} のようです"
        do "本来の形式を --format（convert では --from）で指定するか、先に変換してください。";
    FileDoubtful "file/doubtful" Deny
        en "it may be {found} as well as {expected}, and the records would differ"
        do "Say which with --format; ask the sender which charset it is in."
        ja "{found} とも {expected} とも読め、内容が変わります"
        do "--format で指定してください。文字コードは送付元に確認してください。";
    FileBom "file/byte-order-mark" Deny
        en "begins with a byte order mark"
        do "Remove the mark, or ask for the file as it was published."
        ja "先頭に BOM があります"
        do "BOM を除くか、公表されたままのファイルを依頼してください。";
    FileUnquoted "file/unquoted" Deny
        en "no field is in quotation marks; published files have every field in them"
        do "A spreadsheet that saves a master drops leading zeros: take the file as it was published."
        ja "項目が引用符で囲まれていません（公表ファイルは全項目が引用符付きです）"
        do "表計算ソフトで保存すると先頭の 0 や小数が失われます。公表されたままのファイルを使ってください。";
    FileNewlines "file/newlines" Note
        en "line ends are {found}; the format has {expected}"
        do "Nothing is lost; note that its checksum differs from the official file's."
        ja "改行が {found} です（形式では {expected}）"
        do "内容は同じですが、公式ファイルとチェックサムが異なります。";
    FileNoFinalNewline "file/no-final-newline" Note
        en "the last line has no line end"
        do "Nothing to do; it is recorded, so that the original can be given back."
        ja "最終行に改行がありません"
        do "対応不要です。元のバイト列を再現できるよう記録します。";
    FileRendering "file/rendering" Warn
        en "written in no regular way ({found}); its bytes are kept as they came"
        do "Nothing to do; ask the sender for a regular file next time."
        ja "書式が一定ではありません（{found}）。元のバイト列のまま保管します"
        do "対応不要ですが、次回は規則どおりのファイルを依頼してください。";
    FileMixedRoles "file/role" Deny
        en "cannot tell whether this is a full or a differential file: {found}"
        do "Say which with --full or --differential."
        ja "全件か変更分か判定できません: {found}"
        do "--full か --differential を指定してください。";
    FileOnlyFulls "file/only-fulls" Deny
        en "a differential was said, but {expected} is published whole each time"
        do "Leave out --differential; if it is a part of the file, ask for the whole one."
        ja "変更分の指定がありますが、{expected} は毎回全件で公表されます"
        do "--differential を外してください。一部だけのファイルなら、全件のファイルを送付元に依頼してください。";
    FileEdition "file/edition" Note
        en "taken as {found}: {expected} has as many columns, and no row tells which it is"
        do "Where it matters, say which with --layout; an import takes the edition of its series."
        ja "{found} として読みました。{expected} も同じ列数で、どちらの版かを示す行がありません"
        do "違いが生じる場合は --layout で指定してください。取り込みでは系列の適用開始日で決まります。";
    FileKind "file/kind" Deny
        en "several tables have these columns, and no row tells which of them this is: {expected}"
        do "Say which with --kind; of a conversion, with --layout."
        ja "同じ列の表が複数あり、行からはどれか判別できません: {expected}"
        do "--kind で指定してください（変換では --layout）。";
    RowColumns "row/columns" Deny
        en "{found} columns; this master has {expected}"
        do "The row is damaged or the layout is new: a new layout is one TOML file under schemas/layouts/."
        ja "{found} 列です（このマスターは {expected} 列）"
        do "行の破損か新レイアウトです。新レイアウトは schemas/layouts/ に TOML を一つ追加します。";
    RowQuote "row/quote" Deny
        en "a quotation mark is out of place: {found}"
        do "The file is truncated or was edited by hand; ask for it again."
        ja "引用符の位置が不正です: {found}"
        do "途中で切れたか手で編集されています。再送を依頼してください。";
    RowNewline "row/newline-in-field" Deny
        en "a field goes on over a line end"
        do "Masters never hold line ends inside a field; the closing quotation mark is probably missing."
        ja "項目の途中で改行しています"
        do "閉じの引用符が欠けている可能性があります。";
    RowTooLong "row/too-long" Deny
        en "a line of {found} bytes; the limit is {expected}"
        do "This is no master file, or its line ends are lost."
        ja "{found} バイトの行です（上限 {expected}）"
        do "マスターではないか、改行が失われています。";
    RowBlank "row/blank" Deny
        en "a blank line"
        do "Remove it at the source."
        ja "空行です"
        do "作成元で除去してください。";
    FixedLength "fixed/length" Deny
        en "the last record has {found} bytes; records of this master have {expected}"
        do "The file is cut or of another layout; ask for it again."
        ja "最後のレコードが {found} バイトです（このマスターは {expected} バイト）"
        do "途中で切れているか別のレイアウトです。再送を依頼してください。";
    FixedRecordEnd "fixed/record-end" Deny
        en "{found} stands after the record, not {expected}"
        do "Records have another length, or the file is damaged; ask for it again."
        ja "レコードの後が {expected} ではなく {found} です"
        do "レコード長が違うか破損しています。再送を依頼してください。";
    FixedShift "fixed/shift" Deny
        en "shifts to double-byte and not back within the column: {found}"
        do "The value was cut at its column's end; ask the sender for the whole one."
        ja "項目内で 2 バイト文字から復帰していません: {found}"
        do "項目の幅で切られた値です。送付元に元の値を確認してください。";
    FixedPadding "fixed/padding" Deny
        en "padded with {found} instead of blanks"
        do "Ask the sender to pad with blanks."
        ja "空白でなく {found} で埋められています"
        do "空白で埋めるよう送付元に依頼してください。";
    KeyBlank "key/blank" Deny
        en "the key is blank"
        do "A record without a key cannot be versioned; ask the sender."
        ja "キーが空です"
        do "キーのない行は版管理できません。送付元に確認してください。";
    KeyDuplicate "key/duplicate" Deny
        en "key {found} occurs again (first in line {expected})"
        do "Ask the sender which of the two rows holds."
        ja "キー {found} が重複しています（初出 {expected} 行目）"
        do "どちらが正しいか送付元に確認してください。";
    FieldTooLong "field/too-long" Deny
        en "{found} takes more than {expected} bytes in Shift JIS"
        do "A fixed-length receiver would cut it; ask for a corrected value."
        ja "{found} は Shift JIS で {expected} バイトを超えます"
        do "固定長の受け手で切れます。訂正を依頼してください。";
    FieldLength "field/length" Deny
        en "{found} is not {expected} characters long"
        do "Ask for a corrected value."
        ja "{found} は {expected} 桁ではありません"
        do "訂正を依頼してください。";
    FieldDigits "field/digits" Deny
        en "{found} is not a whole number"
        do "Ask for a corrected value."
        ja "{found} は数字ではありません"
        do "訂正を依頼してください。";
    FieldDecimal "field/decimal" Deny
        en "{found} is not a number with at most {expected} decimals"
        do "Ask for a corrected value."
        ja "{found} は小数 {expected} 桁以内の数値ではありません"
        do "訂正を依頼してください。";
    FieldDate "field/date" Deny
        en "{found} is not a date (YYYYMMDD)"
        do "Ask for a corrected value."
        ja "{found} は日付（YYYYMMDD）ではありません"
        do "訂正を依頼してください。";
    FieldAlnum "field/alnum" Deny
        en "{found} has characters other than ASCII letters, digits and signs"
        do "Ask for a corrected value."
        ja "{found} に英数記号以外の文字があります"
        do "訂正を依頼してください。";
    FieldKana "field/kana" Deny
        en "{found} has characters other than half-width ones"
        do "Ask for a corrected value."
        ja "{found} に半角以外の文字があります"
        do "訂正を依頼してください。";
    FieldKanji "field/kanji" Deny
        en "{found} has half-width characters"
        do "Ask for a corrected value."
        ja "{found} に半角文字があります"
        do "訂正を依頼してください。";
    FieldControl "field/control-character" Deny
        en "{found} holds a control character"
        do "Ask for a corrected value."
        ja "{found} に制御文字があります"
        do "訂正を依頼してください。";
    FieldRequired "field/required" Deny
        en "blank, but never blank in a full file"
        do "Ask for a corrected value."
        ja "全件ファイルで空にならない項目が空です"
        do "訂正を依頼してください。";
    FieldUnreadable "field/unreadable" Deny
        en "{found} is not what claim checks can read: {expected}"
        do "No reason lets this pass: claims cannot be judged by it. Ask the publisher for another file."
        ja "{found} は請求の点検で読み取れません（{expected}）"
        do "理由を付けても許容できません（点検に使えないため）。公表元に訂正ファイルを依頼してください。";
    FieldValue "field/value-unknown" Warn
        en "{found} is not in the code list"
        do "New values appear in files before code lists: check the announcement, then add it to the \
            layout's values."
        ja "{found} はコード表にありません"
        do "コード表より先に新しい値が現れることがあります。通知を確認し、レイアウトの values に追加してください。";
    ConvertUnmappable "convert/unmappable" Deny
        en "{found} cannot be written in {expected}"
        do "Nothing was written. Ask for a value without this character, or choose another format."
        ja "{found} は {expected} で表せません"
        do "出力していません。この文字を使わない値にするか、別の形式を選んでください。";
    ConvertOverflow "convert/overflow" Deny
        en "{found} bytes are needed, the column has {expected}"
        do "Nothing was written. Ask for a shorter value, widen the column (`bytes` in a layout of your \
            own), or name the field with `--shorten`."
        ja "{found} バイト必要ですが項目は {expected} バイトです"
        do "出力していません。短い値にするか、自前のレイアウトで bytes を広げるか、--shorten で項目を指定してください。";
    ConvertTrailingBlank "convert/trailing-blank" Deny
        en "{found} ends in a blank, which fixed-length records do not tell from padding"
        do "Nothing was written. Ask for a value without it, or name the field with `--shorten`."
        ja "{found} は末尾が空白で、固定長では埋め草と区別できません"
        do "出力していません。空白のない値にするか、--shorten で項目を指定してください。";
    ConvertShortened "convert/shortened" Warn
        en "{expected} is written as {found}"
        do "Asked for with `--shorten`: tell the receiver, and keep the full value."
        ja "{expected} を {found} として出力します"
        do "--shorten による指定です。受け手に知らせ、元の値を残してください。";
    ConvertNoWidth "convert/no-width" Deny
        en "the layout gives the column no width, so it has no place in a fixed-length record"
        do "Add `bytes` to the column in the layout."
        ja "レイアウトに項目の幅がなく、固定長では表せません"
        do "レイアウトの項目に bytes を加えてください。";
    ConvertIrregular "convert/irregular" Deny
        en "the source is written in no regular way ({found}), so the way back cannot be proven"
        do "Nothing was written. Ask for a regular file."
        ja "書式が一定でない（{found}）ため、復元を証明できません"
        do "出力していません。規則どおりのファイルを依頼してください。";
    ConvertHeader "convert/header" Note
        en "the header line is left out: fixed-length records have none"
        do "Nothing to do; the way back gives a file without it."
        ja "見出し行は出力しません（固定長には見出しがありません）"
        do "対応不要です。逆変換したファイルにも見出しは付きません。";
    ConvertDiffers "convert/differs" Deny
        en "decoding the result again gives other records: {found}"
        do "Nothing was written. Report this: it is a fault in Warifu or in a charset table."
        ja "変換結果を読み直すと一致しません: {found}"
        do "出力していません。Warifu か文字表の不具合です。報告してください。";
    ApplyKind "apply/kind" Deny
        en "a {found} file does not apply to a {expected} master"
        do "Check the order of the files."
        ja "{found} のファイルは {expected} マスターに適用できません"
        do "ファイルの順序を確認してください。";
    ApplyNoClass "apply/no-class" Deny
        en "layout {found} has no change class (変更区分): a master in it has no differentials"
        do "Give every publication whole; a layout of a site takes differentials when it has a column \
            `change_class`."
        ja "レイアウト {found} に変更区分がないため、変更分を適用できません"
        do "全件で受け渡してください。サイトのレイアウトなら change_class 列を加えてください。";
    ApplyFull "apply/full" Deny
        en "a full file where a differential was expected"
        do "Only the first file is a full one; import a full with `warifu import`."
        ja "変更分ではなく全件ファイルです"
        do "全件は先頭の一つだけです。";
    ApplyClass "apply/class" Deny
        en "change class {found} is none of 1, 3, 5, 9"
        do "Ask the sender what it means."
        ja "変更区分 {found} は 1・3・5・9 のいずれでもありません"
        do "送付元に確認してください。";
    ApplyThreeOnExisting "apply/new-on-existing" Warn
        en "announced as new, but it is there already; the whole row replaces it"
        do "Usual in a cumulative re-issue; otherwise the base is not the right one."
        ja "新規ですが既に存在します。行全体で置き換えました"
        do "累積再掲なら正常です。そうでなければ基にした版が違います。";
    ApplyFiveOnMissing "apply/change-on-missing" Warn
        en "changes a record that is not there; left out"
        do "Probably not the right base, or an entry that was withdrawn."
        ja "存在しない行の変更です。適用しませんでした"
        do "基にした版が違うか、取り消された行です。";
    ApplyNineOnMissing "apply/abolish-on-missing" Warn
        en "abolishes a record that is not there; left out"
        do "Usual in a cumulative re-issue; otherwise the base is not the right one."
        ja "存在しない行の廃止です。適用しませんでした"
        do "累積再掲なら正常です。そうでなければ基にした版が違います。";
    ApplyWidened "apply/widened" Note
        en "the layout widens from {expected} to {found} columns; untouched rows get blanks"
        do "Nothing to do."
        ja "レイアウトが {expected} 列から {found} 列になります。対象外の行の新項目は空です"
        do "対応不要です。";
    ApplyAssumed "apply/assumed" Warn
        en "assumed that this is the publication right after {expected}: no file says which base it needs"
        do "Compare with the next full file: `--expect FULL`."
        ja "{expected} の直後の変更分とみなしました（基の版はファイルに書かれていません）"
        do "次の全件と照合してください（--expect）。";
    ApplyReissue "apply/re-issue" Warn
        en "repeats {found} of the {expected} rows of the differential before: taken as its re-issue and \
            applied to the state before it"
        do "Nothing to do; look at what it withdraws."
        ja "直前の変更分 {expected} 行のうち {found} 行を再掲しています。再掲とみなし、その前の版に適用しました"
        do "対応不要です。取り消された行を確認してください。";
    ApplyWithdrawn "apply/withdrawn" Warn
        en "{found}: left out of the re-issue, and so withdrawn"
        do "It is withdrawn here too. No file will ever say so: look at each."
        ja "{found}: 再掲分になく、取り消しです"
        do "ここでも取り消しました。どのファイルにも明示されないため、各行を確認してください。";
    BaseOldValue "base/old-value" Deny
        en "says that it was {found} before; the base has {expected}"
        do "The base is not the one that it was made for: a file is missing, or it is of another series."
        ja "変更前は {found} とありますが、基の版では {expected} です"
        do "基の版が違います（欠落または別系列）。";
    BaseRelatedValue "base/related-value" Deny
        en "{found}; the product that it belongs to has {expected} in the base"
        do "One product has one price: the base is of another series, or the row is wrong."
        ja "{found} ですが、同一の商品は基の版で {expected} です"
        do "同一商品の価格は同じです。基の版が別系列か、行の誤りです。";
    BaseJump "base/price-jump" Deny
        en "moves from {expected} to {found}"
        do "No published file of a series moves one so far. Ask the sender; accept it by name when it is \
            right."
        ja "{expected} から {found} へ変わります"
        do "同一系列の公表ファイルにない変動幅です。送付元に確認し、正しければ理由を添えて承認してください。";
    BaseMassMovement "base/mass-movement" Deny
        en "{found} of all prices or points move at once"
        do "A revision begins a new series with a full of its own: declare the series and import that."
        ja "価格・点数 {found} 件が一度に変わります"
        do "改定は新系列の全件から始まります。系列を宣言し、その全件を取り込んでください。";
    BaseFarDate "base/far-date" Warn
        en "applies from {found}, more than a year after its publication on {expected}"
        do "Probably a slip in the year; ask the sender."
        ja "変更年月日 {found} が公表日 {expected} の一年以上先です"
        do "年の誤りの可能性があります。送付元に確認してください。";
    BaseAgrees "base/agrees" Note
        en "its old prices or points ({found}) and its prices of related products ({expected}) are those of \
            the base"
        do "Nothing to do."
        ja "変更前の価格・点数（{found} 件）と関連商品の価格（{expected} 件）が基の版と一致します"
        do "対応不要です。";
    BaseNoEvidence "base/no-evidence" Note
        en "nothing in it shows which base it was made for; only its days and keys were held against it"
        do "Compare with the next full file."
        ja "基の版を裏付ける価格・点数がありません。日付とキーのみ照合しました"
        do "次の全件と照合してください。";
    BaseMovement "base/movement" Note
        en "{found} prices or points move, {expected}"
        do "Nothing to do."
        ja "価格・点数 {found} 件が変わります（{expected}）"
        do "対応不要です。";
    ChainRegenerated "chain/regenerated" Warn
        en "{found} records: the full regenerates this column"
        do "Expected at a revision."
        ja "{found} 件: 全件側で付け直されています"
        do "改定時には正常です。";
    ChainFlagReset "chain/flag-reset" Warn
        en "{found} records: the full resets this column to {expected}"
        do "Expected: flags and orders that a differential sets for one publication."
        ja "{found} 件: 全件側で {expected} に戻されています"
        do "変更分でのみ立つ項目です。正常です。";
    ChainDateDropped "chain/date-dropped" Warn
        en "{found} records: the full keeps the date that the full before had ({expected}), and drops the \
            differential's"
        do "The differential's date was probably wrong, and the full tells so without a word; from here on \
            the full's date holds."
        ja "{found} 件: 全件側は前回全件の日付 {expected} のままで、変更分の日付を破棄しています"
        do "変更分の日付の誤りと思われます。以後は全件の日付を用います。";
    ChainWidened "chain/widened" Note
        en "the full has {found} columns, the state {expected}: what only the full has is taken from it"
        do "Nothing to do."
        ja "全件は {found} 列、積み上げは {expected} 列です。全件にのみある項目は全件の値を採ります"
        do "対応不要です。";
    ChainNarrowed "chain/narrowed" Deny
        en "the full has {found} columns, the state {expected}: columns would be lost"
        do "Probably an older series' full, or one of an older edition."
        ja "全件は {found} 列、積み上げは {expected} 列です。項目が失われます"
        do "旧系列か旧版の全件の可能性があります。";
    ChainUnexplained "chain/unexplained" Deny
        en "state + differentials has {expected}, the full has {found}"
        do "A differential is missing, or one is from another series."
        ja "積み上げでは {expected}、全件では {found} です"
        do "変更分の欠落か、別系列の混入です。";
    ChainMissing "chain/missing" Deny
        en "in state + differentials, not in the full"
        do "A differential is missing, or one is from another series."
        ja "積み上げにあり、全件にありません"
        do "変更分の欠落か、別系列の混入です。";
    ChainExtra "chain/extra" Deny
        en "in the full, not in state + differentials"
        do "A differential is missing, or one is from another series."
        ja "全件にあり、積み上げにありません"
        do "変更分の欠落か、別系列の混入です。";
    ImportSame "import/already-there" Note
        en "this very file was imported in {found}; nothing changes"
        do "Nothing to do."
        ja "同じファイルを {found} で取り込み済みです。変更はありません"
        do "対応不要です。";
    ImportCorrectionFull "import/correction-full" Deny
        en "a full, and an emergency correction is a small differential"
        do "Make a differential with only the records to be corrected (`warifu diff --form differential`)."
        ja "全件ファイルです。緊急訂正は少数レコードの変更分に限ります"
        do "訂正するレコードだけの変更分を作成してください（warifu diff --form differential）。";
    ImportCorrectionLarge "import/correction-large" Deny
        en "{found} records; an emergency correction has at most {expected}"
        do "Correct only what is urgent; `[correction] most_records` of warifu.toml says how many."
        ja "{found} レコードあります。緊急訂正は {expected} レコードまでです"
        do "急を要するものだけに絞ってください。上限は warifu.toml の [correction] most_records です。";
    ImportCorrectionMany "import/correction-many" Deny
        en "with the corrections that stand already, {found} records; a release takes at most {expected}"
        do "Correct fewer, or take a correction back (`warifu undo`); the next official file ends them all."
        ja "有効な緊急訂正と合わせて {found} レコードです。リリースできるのは {expected} レコードまでです"
        do "件数を減らすか、訂正を取り消してください（warifu undo）。次の公式ファイルの取り込みで訂正は終わります。";
    ImportCorrectionOfficial "import/correction-official" Deny
        en "this very file was imported in {found} as an official one; it cannot be marked there"
        do "As the commands say; where none are, make a new small differential of what is wrong today."
        ja "同じファイルが公式ファイルとして {found} で取り込み済みです。そのままでは緊急訂正になりません"
        do "表示されるコマンドに従ってください。表示がなければ、現在の誤りだけを直す変更分を新しく作ってください。";
    ImportCorrectionOlder "import/correction-older" Deny
        en "a correction dated {found}, but the series holds {expected}: it would not come last"
        do "Give it the day from which it corrects, with --dated: not before the newest file."
        ja "{found} 付けの緊急訂正ですが、系列には {expected} まで入っています"
        do "訂正は最新の公表分の上に重ねます。--dated でその日以降を指定してください。";
    ImportCorrectionMisfit "import/correction-misfit" Deny
        en "the correction changes or abolishes a record that is not there, or adds one that is"
        do "See whether the code is right: `warifu show CODE`."
        ja "訂正の変更・廃止対象のレコードがないか、追加するレコードが既にあります"
        do "コードが正しいか warifu show コード で確認してください。";
    ImportCorrectionLost "import/correction-lost" Deny
        en "{record}, {title}: the official file says {found}, the emergency correction {expected}, \
            which would be lost: {correction}"
        do "Ask the sender. `--drop-correction REASON` takes the file as it is; correct again if need be."
        ja "{record}、{title}: 公式ファイルは {found}、緊急訂正では {expected}。この訂正が失われます: {correction}"
        do "送付元に確認してください。このまま取り込むには --drop-correction 理由。必要なら再度訂正してください。";
    ImportCorrectionContained "import/correction-contained" Note
        en "contains the emergency correction {found} of {expected}; its mark ends"
        do "Nothing to do."
        ja "{expected} の緊急訂正 {found} の内容を含みます。訂正の表示は終わります"
        do "対応不要です。";
    ImportSeries "import/series-unknown" Deny
        en "series {found} is not declared; declared are {expected}"
        do "Was one of these meant? Else declare it in warifu.toml, with each master's first day."
        ja "系列 {found} は宣言されていません（宣言済み: {expected}）"
        do "系列の指定を確認してください。新しい系列なら warifu.toml に施行日とともに宣言します。";
    ImportKind "import/kind-undeclared" Deny
        en "warifu.toml does not say that series {found} holds {expected}: under [series.{found}] add \
            \"{expected}\" to kinds and the line effective.{expected} = \"YYYY-MM-DD\", its first day"
        do "Write that into warifu.toml of the repository, keep it (`warifu repo keep --reason \
            REASON`), and import again."
        ja "warifu.toml の系列 {found} に {expected} がありません。[series.{found}] の kinds に \"{expected}\" を加え、\
            effective.{expected} = \"YYYY-MM-DD\"（適用開始日）の行を足してください"
        do "リポジトリの warifu.toml に書き足し、warifu repo keep --reason 理由 で残してから、\
            取り込み直してください。";
    ImportNoBase "import/no-base" Deny
        en "a differential, but series {found} holds no full of this master yet"
        do "Import the full it is based on first."
        ja "変更分ですが、系列 {found} に基になる全件がありません"
        do "先に基になる全件を取り込んでください。";
    ImportOlder "import/older" Deny
        en "dated {found}, but the series already holds {expected}"
        do "Files go in by date: take the later ones back (`warifu undo`) and import all again, by date."
        ja "{found} 付けですが、系列には {expected} まで入っています"
        do "日付順に取り込みます。後の公表分を取り消し（warifu undo）、すべてを日付順に取り込み直してください。";
    ImportAfterSeries "import/after-series" Deny
        en "published on {found}; the series ended on {expected}"
        do "Import it into the series that follows."
        ja "公表日 {found} は系列の終了日 {expected} より後です"
        do "後続の系列に取り込んでください。";
    ImportBeforeSeries "import/before-series" Deny
        en "published on {found}, long before the series begins on {expected}"
        do "Import it into the series before; check `effective` in warifu.toml."
        ja "公表日 {found} は系列の施行日 {expected} より大幅に前です"
        do "前の系列に取り込むか、warifu.toml の effective を確認してください。";
    ImportOlderSeries "import/older-series" Deny
        en "{found} of its changed records apply before {expected}, the first day of the series: a file of \
            an older series"
        do "Import it into the series that these days belong to: files of two series overlap in time, and \
            their names do not tell."
        ja "変更 {found} 件が系列の施行日 {expected} より前に適用されます。旧系列のファイルです"
        do "該当する系列に取り込んでください。系列は期間が重なり、ファイル名では区別できません。";
    ImportNewerSeries "import/newer-series" Deny
        en "{found} of its new and changed records apply after {expected}, the last day of the series: a \
            file of a newer series"
        do "Import it into the series that these days belong to: it would fit here without a complaint and \
            give wrong prices."
        ja "新規・変更 {found} 件が系列の終了日 {expected} より後に適用されます。新系列のファイルです"
        do "該当する系列に取り込んでください。ここに適用するとエラーなく誤った価格になります。";
    ImportFits "import/fits-series" Note
        en "by its days it fits series {found}"
        do "Give that one with --series if it is right."
        ja "日付からは系列 {found} に合います"
        do "正しければ --series に指定してください。";
    ImportBase "import/base-unjustified" Deny
        en "{found} rows do not fit the state ({expected})"
        do "The base is probably not the right one: a file is missing, or it is of another series."
        ja "{found} 行が現在の版に合いません（{expected}）"
        do "基の版が違う可能性があります（欠落または別系列）。";
    ImportDate "import/date" Warn
        en "no date in the file name; {found} is taken"
        do "Give the publication date with --dated."
        ja "ファイル名に日付がありません。{found} とします"
        do "--dated で公表日を指定してください。";
    ImportForm "import/form" Warn
        en "the file is in the form {found} and not as Kikin publishes it"
        do "Ask where it comes from and take the published file; --format says that it is what you meant."
        ja "支払基金が公表する形式ではなく、{found} の形式のファイルです"
        do "入手元を確認し、公表されたファイルを使ってください。意図どおりなら --format で形式を指定してください。";
    SetPriceZero "set/price-zero" Deny
        en "priced in yen or points, but the value is {found}"
        do "Ask the sender; waive it for known items (`warifu.toml`)."
        ja "金額・点数のある品目ですが値が {found} です"
        do "送付元に確認してください。既知の品目は warifu.toml で除外できます。";
    SetPricePurchase "set/price-purchase" Warn
        en "priced by what was paid, but the master has a price of {found}"
        do "Ask the sender: claims take the purchase price, so one of the two is wrong."
        ja "購入価格による品目ですが金額 {found} があります"
        do "送付元に確認してください。金額種別か金額が誤りです。";
    SetListPrice "set/list-price" Deny
        en "price {found}; another record of the same price-list code and unit has {expected}"
        do "Ask the sender: one listed product has one price."
        ja "金額 {found} が、同じ薬価基準収載医薬品コード・単位の他の行（{expected}）と違います"
        do "送付元に確認してください。同一収載品目の薬価は一つです。";
    SetOldPrice "set/old-price" Note
        en "old kind {found} and old value {expected} contradict each other"
        do "Nothing to do: published files have these, and claims do not use the columns."
        ja "旧金額（点数）の種別 {found} と値 {expected} が矛盾します"
        do "対応不要です。公表ファイルにもあり、請求では使いません。";
    SetStep "set/step" Deny
        en "step flag {found} and unit code {expected} contradict each other"
        do "Ask the sender."
        ja "きざみ値計算識別 {found} と単位コード {expected} が矛盾します"
        do "送付元に確認してください。";
    SetStepNeutral "set/step-neutral" Deny
        en "not counted in steps, but holds step value {found}"
        do "Ask the sender: a checker would not know whether to count steps."
        ja "きざみ値で算定しない行にきざみ値 {found} があります"
        do "送付元に確認してください。";
    SetStepRange "set/step-range" Deny
        en "step {found} with limits {expected} gives no points"
        do "Ask the sender: the step must be above zero and the lower limit not above the upper."
        ja "きざみ値 {found}、上下限 {expected} では点数が算出できません"
        do "送付元に確認してください。";
    SetInOut "set/inpatient-outpatient" Deny
        en "inpatient/outpatient class {found} contradicts tally column {expected}"
        do "Ask the sender."
        ja "入外適用区分 {found} と集計先 {expected} が矛盾します"
        do "送付元に確認してください。";
    SetMaxTimes "set/max-times" Warn
        en "no limit of times, but an error treatment of {found}"
        do "Ask the sender whether the limit was lost."
        ja "上限回数がないのに上限回数エラー処理が {found} です"
        do "上限回数の欠落がないか送付元に確認してください。";
    SetUnitName "set/unit-name" Deny
        en "unit code {found} is named {expected}"
        do "Ask the sender: one code has one name in all masters."
        ja "単位コード {found} の名称が {expected} です"
        do "単位コードと名称は一対一です。送付元に確認してください。";
    SetUnitBlank "set/unit-blank" Deny
        en "unit code {found} and unit name \"{expected}\" contradict each other"
        do "Ask the sender: a unit has a code and a name, or neither."
        ja "単位コード {found} と単位名称「{expected}」が矛盾します"
        do "送付元に確認してください。コードと名称は両方あるか両方ないかです。";
    SetRelated "set/related-code" Deny
        en "refers to {found}, which is not in the master"
        do "Ask the sender: the row would point at nothing."
        ja "参照先 {found} がマスターにありません"
        do "送付元に確認してください。";
    SetRelatedProduct "set/related-product" Deny
        en "{found} here, {expected} in the record of the unified name it belongs to"
        do "Ask the sender: a product and its unified name have one unit, price and price-list code."
        ja "{found} ですが、関連する統一名の行では {expected} です"
        do "送付元に確認してください。統一名と商品名は単位・金額・収載コードが同じです。";
    SetAgeAddition "set/age-addition" Deny
        en "age addition {found} is no addition: its notice class is {expected}"
        do "Ask the sender: only additions (7) and general additions (9) can be added for age."
        ja "年齢加算 {found} の告示等識別区分が {expected} です（加算ではありません）"
        do "送付元に確認してください。年齢加算の先は加算項目（7・9）です。";
    SetAgeRange "set/age-range" Warn
        en "age addition {found} and its ages {expected} contradict each other"
        do "Ask the sender: an addition without ages, or ages without an addition, never applies."
        ja "年齢加算 {found} とその年齢 {expected} が矛盾します"
        do "送付元に確認してください。";
    SetNoteAdditionClass "set/note-addition-class" Deny
        en "note-addition number {found} contradicts notice class {expected}"
        do "Ask the sender: additions have a number and class 7 or 9, base items number 0 and class 1, 3 or \
            5."
        ja "注加算通番 {found} と告示等識別区分 {expected} が矛盾します"
        do "送付元に確認してください。加算は通番ありで 7・9、基本項目は通番 0 で 1・3・5 です。";
    SetNoteAdditionGroup "set/note-addition-group" Warn
        en "note-addition group {found} has no {expected}"
        do "Ask the sender whether a record is missing."
        ja "注加算コード {found} に {expected} の行がありません"
        do "行の欠落がないか送付元に確認してください。";
    SetFacilityGap "set/facility-gap" Warn
        en "facility standard {found} stands behind an empty slot"
        do "Ask the sender whether a standard was lost."
        ja "施設基準 {found} の前の欄が空いています"
        do "施設基準の欠落がないか送付元に確認してください。";
    SetNoticeReference "set/notice-reference" Note
        en "notice class {found} and notice reference \"{expected}\" do not go together"
        do "Nothing to do: a differential cannot clear the column, and claims do not use it."
        ja "告示等識別区分 {found} と告示・通知関連番号「{expected}」が対応しません"
        do "対応不要です。変更分では空にできない項目で、請求では使いません。";
    SetSectionNumber "set/section-number" Warn
        en "section {found} contradicts code-table number {expected}"
        do "Ask the sender which of the two is right."
        ja "点数表区分番号 {found} とコード表用番号 {expected} が一致しません"
        do "どちらが正しいか送付元に確認してください。";
    SetTransfer "set/transfer-code" Note
        en "former code {found} is not in the master"
        do "Nothing to do: it names a code that was abolished when this one began."
        ja "異動関連 {found} はマスターにありません"
        do "対応不要です。廃止済みの旧コードを指しています。";
    SetNameDuplicate "set/name-duplicate" Note
        en "named {found}, as {expected} is"
        do "Look that the two are told apart by something else."
        ja "名称 {found} が {expected} と同じです"
        do "名称以外で区別できるか確認してください。";
    SetGenericParts "set/generic-parts" Deny
        en "generic-name code {found} does not go with {expected}"
        do "Ask the sender: code, text and addition class are all there or none is."
        ja "一般名コード「{found}」と {expected} が対応しません"
        do "送付元に確認してください。コード・記載・加算区分はそろって有るか無いかです。";
    SetGenericForm "set/generic-form" Warn
        en "generic name {found} is not written as {expected}"
        do "Ask the sender."
        ja "一般名 {found} の書式が {expected} ではありません"
        do "送付元に確認してください。";
    SetGenericText "set/generic-text" Deny
        en "generic-name code {found} has two texts: {expected}"
        do "Ask the sender: one code has one text."
        ja "一般名コード {found} の記載が二通りあります: {expected}"
        do "送付元に確認してください。";
    SetGenericCode "set/generic-code" Warn
        en "generic-name code {found} is of another substance than price-list code {expected}"
        do "Ask the sender: the first seven characters are one."
        ja "一般名コード {found} と薬価基準収載医薬品コード {expected} の先頭7桁が違います"
        do "送付元に確認してください。";
    SetDosageForm "set/dosage-form" Deny
        en "dosage form {found} contradicts price-list code {expected}"
        do "Ask the sender: characters 5 to 7 of the code say internal, injection or external."
        ja "剤形 {found} と薬価基準収載医薬品コード {expected} が矛盾します"
        do "送付元に確認してください。コードの5～7桁目が内用・注射・外用を表します。";
    SetElective "set/elective" Deny
        en "elective-care record: {found}, but {expected}"
        do "Ask the sender: it refers to the long-listed product, costs less, has a code 67… and a name that \
            ends in （選）."
        ja "選定療養の行: {found}（{expected}）"
        do "送付元に確認してください。長期収載品を参照し、安く、コード 67…、名称末尾（選）のはずです。";
    SetTransitionOrder "set/transition-order" Warn
        en "transition ends {found}, outside the days the record is in force ({expected})"
        do "Ask the sender."
        ja "経過措置年月日 {found} が適用期間 {expected} の外です"
        do "送付元に確認してください。";
    SetTransitionPast "set/transition-past" Warn
        en "transition ended {found}, before the publication of {expected}"
        do "Ask the sender whether the record should have been abolished."
        ja "経過措置年月日 {found} が公表日 {expected} より前です"
        do "廃止漏れがないか送付元に確認してください。";
    SetTransitionOpen "set/transition-open" Warn
        en "in transition until {found}, but ends {expected}"
        do "Ask the sender which of the two days holds."
        ja "経過措置年月日 {found} がありますが廃止年月日が {expected} です"
        do "どちらの日付が有効か送付元に確認してください。";
    SetDateOrder "set/date-order" Deny
        en "in force from {found}, which is after its end {expected}"
        do "Ask the sender."
        ja "変更年月日 {found} が廃止年月日 {expected} より後です"
        do "送付元に確認してください。";
    SetEndUnmarked "set/end-unmarked" Warn
        en "ends {found}, but is not marked as abolished (change class {expected})"
        do "Ask the sender: the next publication will not take the record away."
        ja "廃止年月日 {found} がありますが変更区分が {expected} です"
        do "送付元に確認してください。次回更新で削除されません。";
    SetLength "set/length" Warn
        en "says {found} characters, has {expected}"
        do "Ask the sender whether the text was cut."
        ja "有効桁数 {found} ですが {expected} 文字です"
        do "文字列が切れていないか送付元に確認してください。";
    SetStandIn "set/stand-in" Deny
        en "the name {found} has {expected}, a sign that only stands for a character"
        do "A system on the way lacked the character: ask the sender for the name as it is written. No \
            published master has the sign."
        ja "名称「{found}」に使用不可文字 {expected} があります（本来の文字の代わりの記号）"
        do "途中のシステムにない文字です。正しい名称を送付元に確認してください。公表マスターにこの記号はありません。";
    SetCommentCode "set/comment-code" Deny
        en "comment code {found} is not made of its parts ({expected})"
        do "Ask the sender."
        ja "コメントコード {found} が構成要素（{expected}）と一致しません"
        do "送付元に確認してください。";
    SetCommentEdit "set/comment-edit" Deny
        en "numbers go to {found}, which is no blank of the text of pattern {expected}"
        do "Ask the sender: the numbers of claims would be written over the text."
        ja "編集情報 {found} がパターン {expected} の文の空白と合いません"
        do "送付元に確認してください。数値が文字に重なります。";
    SetCommentFreeText "set/comment-free-text" Warn
        en "free text follows, but the text ends {found} and not in ；"
        do "Ask the sender."
        ja "自由文が続くコメントですが末尾が「{found}」で「；」ではありません"
        do "送付元に確認してください。";
    SetRelationCondition "set/relation-condition" Warn
        en "condition {found} contradicts inpatient class or times ({expected})"
        do "Ask the sender."
        ja "条件区分 {found} と入外区分・算定回数（{expected}）が矛盾します"
        do "送付元に確認してください。";
    SetSuccessor "set/successor-code" Deny
        en "{found} stands as the successor of {expected}"
        do "Ask the sender: a disease in use names itself or nobody, a former one another code."
        ja "移行先コードが {found} です（傷病名コード {expected}）"
        do "使用中の傷病名の移行先は自身か空欄、旧傷病名の移行先は別のコードです。送付元に確認してください。";
    SetAbolishedListed "set/abolished-listed" Warn
        en "ends {found}, but is listed among the codes in use"
        do "Ask the sender: what is abolished moves to the file of former codes."
        ja "廃止年月日 {found} がありますが、使用中のコードとして収載されています"
        do "廃止コードは旧ファイルに移ります。送付元に確認してください。";
    SetModifierClass "set/modifier-class" Warn
        en "class {found} does not fit modifier code {expected}: class A8 and 8000 to 8999 go together"
        do "Ask the sender: the modifier would stand on the wrong side of the disease."
        ja "修飾語区分 {found} が修飾語コード {expected} と合いません（区分 A8 は 8000〜8999 です）"
        do "接頭語と接尾語が入れ替わります。送付元に確認してください。";
    SetPointsPair "set/points-pair" Deny
        en "the pair {found} does not stand there from the other side as {expected}"
        do "Ask the sender: the tables of exclusion hold each pair from both sides, and here they differ."
        ja "組 {found} に対する裏のデータ {expected} がありません"
        do "背反関連テーブルは必ず表裏のデータを持ちます。送付元に確認してください。";
    SetPointsTimes "set/points-times" Deny
        en "a limit of {found} times: no claim could keep it"
        do "Ask the sender."
        ja "算定回数が {found} です（算定できないことになります）"
        do "送付元に確認してください。";
    SetPointsInclusion "set/points-inclusion" Warn
        en "inclusion unit {found} and group {expected}: one of the two is missing"
        do "Ask the sender which procedures are included, and for how long."
        ja "包括単位 {found} とグループ番号 {expected} の一方しかありません"
        do "包括の単位と対象を送付元に確認してください。";
    AcrossUnitName "across/unit-name" Deny
        en "unit code {found} has two names: {expected}"
        do "Ask the sender: one code has one name in all masters."
        ja "単位コード {found} の名称がマスター間で違います: {expected}"
        do "単位コードと名称は全マスターで一対一です。送付元に確認してください。";
    AcrossCommentCode "across/comment-code" Warn
        en "comment {found} of the relation is not in the comment master"
        do "Usual when the two were published on different days; the newer of both belongs into the series."
        ja "コメント関連のコメントコード {found} がコメントマスターにありません"
        do "公表日が違う場合に起こります。新しい方も取り込んでください。";
    AcrossCommentText "across/comment-text" Note
        en "comment text {found}; the comment master has {expected}"
        do "Nothing to do: the comment master may hold a shortened text or a newer one."
        ja "コメント文「{found}」がコメントマスターでは「{expected}」です"
        do "対応不要です。短縮形か新しい文の場合があります。";
    AcrossProcedureCode "across/procedure-code" Warn
        en "procedure {found} of the relation is not in the procedure master"
        do "Usual when the two were published on different days; the newer of both belongs into the series."
        ja "コメント関連の診療行為コード {found} が医科診療行為マスターにありません"
        do "公表日が違う場合に起こります。新しい方も取り込んでください。";
    AcrossAbolished "across/abolished" Warn
        en "in force, but refers to {found}, which ends {expected}"
        do "Ask the sender whether the relation should end with it."
        ja "有効な行が {expected} に廃止される {found} を参照しています"
        do "関連の廃止漏れがないか送付元に確認してください。";
    AcrossSuccessor "across/successor-code" Warn
        en "successor {found} is not in the disease master"
        do "Usual when the two were published on different days; the newer of both belongs into the series."
        ja "移行先の傷病名コード {found} が傷病名マスターにありません"
        do "公表日が違う場合に起こります。新しい方も取り込んでください。";
    AcrossSuccessorNumber "across/successor-number" Note
        en "successor's number {found}; the disease master has {expected}"
        do "Nothing to do: the code counts, and the number may have changed since."
        ja "移行先病名管理番号 {found} が傷病名マスターでは {expected} です"
        do "対応不要です。移行先はコードで決まり、管理番号は後で変わることがあります。";
    AcrossFormer "across/former-code" Warn
        en "{found} is in the disease master too, and is usable until {expected} here"
        do "Usual when the two were published on different days; the newer of both belongs into the series."
        ja "旧傷病名コード {found}（使用期限 {expected}）が傷病名マスターにもあります"
        do "公表日が違う場合に起こります。新しい方も取り込んでください。";
    AcrossPointsProcedure "across/points-procedure" Warn
        en "procedure {found} of the points table is not in the procedure master"
        do "Usual when the two were published on different days; the newer of both belongs into the series."
        ja "電子点数表の診療行為コード {found} が医科診療行為マスターにありません"
        do "公表日が違う場合に起こります。新しい方も取り込んでください。";
    AcrossPointsFlag "across/points-flag" Warn
        en "{found} stands in this table, and {expected} of the auxiliary table does not name it"
        do "The tables belong to different days: import all of one publication."
        ja "{found} はこの表にありますが、補助マスターテーブルの {expected} では関連なしです"
        do "公表日が違う表です。同じ公表分の全テーブルを取り込んでください。";
    AcrossPointsRow "across/points-row" Warn
        en "the auxiliary table names {found}, and {expected} has no such row"
        do "The publisher leaves out a few; for many, import all tables of one publication."
        ja "補助マスターテーブルで関連ありの {found} が {expected} にありません"
        do "公表ファイルにも数件あります。多数の場合は同じ公表分の全テーブルを取り込んでください。";
    AcrossPointsKind "across/points-kind" Deny
        en "said to be {found}, but by the flags of the auxiliary table it is rather {expected}"
        do "Look at the name of the published file, and say --kind again."
        ja "{found} として渡されましたが、補助マスターテーブルの関連識別では {expected} と見られます"
        do "公表ファイルの名称を確認し、--kind を指定し直してください。";
    VersionsReused "versions/reused" Deny
        en "was abolished as {expected} and comes back as {found}"
        do "Ask the sender: claims of the past would be read with the new meaning."
        ja "廃止された {expected} のコードが {found} として使われています"
        do "送付元に確認してください。過去の請求が新しい意味で読まれます。";
    VersionsReturned "versions/returned" Warn
        en "was abolished and is in force again ({found})"
        do "Ask the sender whether the abolition is taken back."
        ja "廃止された行が再び有効になっています（{found}）"
        do "廃止の取り消しか送付元に確認してください。";
    VersionsRenamed "versions/renamed" Warn
        en "renamed from {expected} to {found}: less than a third of it is the same"
        do "Look whether the code still means the same."
        ja "名称が {expected} から {found} に変わり、共通する文字が3分の1未満です"
        do "コードの意味が同じか確認してください。";
    VersionsUndated "versions/undated" Warn
        en "{expected} became {found} without a new changed_on"
        do "Ask the sender from when the new value holds."
        ja "変更年月日が同じまま値が {expected} から {found} に変わりました"
        do "新しい値の適用日を送付元に確認してください。";
    VersionsChangedOnBack "versions/changed-on-back" Warn
        en "changed_on goes back from {expected} to {found}"
        do "Ask the sender: a checker would judge older days by this record."
        ja "変更年月日が {expected} から {found} に戻っています"
        do "送付元に確認してください。";
    VersionsEndEarlier "versions/end-earlier" Deny
        en "ends {found}; {expected} had been announced"
        do "Ask the sender: claims between the two days were promised to be right."
        ja "廃止年月日が公表済みの {expected} から {found} に早まっています"
        do "送付元に確認してください。その間の請求が誤りになります。";
    VersionsEndPast "versions/end-past" Warn
        en "ends {found}, before the publication of {expected}"
        do "Ask the sender: claims since then were made in good faith."
        ja "廃止年月日 {found} が公表日 {expected} より前です"
        do "送付元に確認してください。以後の請求が誤りになります。";
    VersionsVanished "versions/vanished" Warn
        en "gone without having been announced as abolished ({found})"
        do "Ask the sender, or look for a file that was left out."
        ja "廃止の予告なく消えています（{found}）"
        do "送付元に確認するか、抜けたファイルがないか調べてください。";
    VersionsPriceKind "versions/price-kind" Warn
        en "became {found}, was {expected}: the value is read in another way"
        do "Look whether the value changed with it."
        ja "{expected} から {found} に変わり、値の読み方が変わります"
        do "値も合わせて変わっているか確認してください。";
    SiteRule "site/rule" Warn
        en "{found}"
        do "The rule is in `rules/` of the repository or of `--schemas`; it says what to do."
        ja "{found}"
        do "規則はリポジトリか --schemas の rules/ にあり、対応を記しています。";
    SiteNotEvaluated "site/not-evaluated" Warn
        en "the rule cannot be evaluated: {found}"
        do "Correct the rule, or give it a `when` that leaves such records out."
        ja "規則を評価できません: {found}"
        do "規則を直すか、when で対象外にしてください。";
    StoreState "store/state" Deny
        en "the stored records have digest {found}; the import recorded {expected}"
        do "The repository was changed by hand: `warifu repo clone` another copy without that change; \
            import what it lacks."
        ja "保管内容のダイジェスト {found} が取込記録 {expected} と違います"
        do "手作業で変更されています。変更のない別の複製を warifu repo clone で取得し、\
            足りないものを取り込み直してください。";
    StoreDerived "store/derived" Deny
        en "the stored records have digest {found}; the files that came in make {expected} of each other"
        do "The repository was changed by hand: `warifu repo clone` another copy without that change; \
            import what it lacks."
        ja "保管内容のダイジェスト {found} が、取り込んだファイルから作り直した {expected} と違います"
        do "手作業で変更されています。変更のない別の複製を warifu repo clone で取得し、\
            足りないものを取り込み直してください。";
    StoreRecord "store/record" Deny
        en "what the import of {expected} recorded was changed afterwards: {found}"
        do "The repository was changed by hand: `warifu repo clone` another copy without that change; \
            import what it lacks."
        ja "{expected} の取込記録が後から変更されています: {found}"
        do "手作業で変更されています。変更のない別の複製を warifu repo clone で取得し、\
            足りないものを取り込み直してください。";
    StoreOriginal "store/original" Deny
        en "the original bytes cannot be given back: {found}"
        do "The repository was changed by hand: `warifu repo clone` another copy without that change; \
            import what it lacks."
        ja "元のバイト列を再現できません: {found}"
        do "手作業で変更されています。変更のない別の複製を warifu repo clone で取得し、\
            足りないものを取り込み直してください。";
}

impl Code {
    /// Whether no reason makes up for it, so that nobody can let it pass, by name or by a waiver: damage of a
    /// repository, a file without a place, what no claim could be judged by.
    pub fn is_absolute(self) -> bool {
        let is_damage = self.as_str().starts_with("store/");
        is_damage
            || matches!(
                self,
                Code::FieldUnreadable
                    | Code::ImportSeries
                    | Code::ImportKind
                    | Code::ImportCorrectionFull
                    | Code::ImportCorrectionLarge
                    | Code::ImportCorrectionMany
                    | Code::ImportCorrectionMisfit
                    | Code::ImportCorrectionOfficial
            )
    }

    /// The code that is written `text`.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
