//! What is wrong, or worth knowing, about data: findings with stable codes.
//!
//! A finding is data, not an error: reading goes on and the rest is collected. Every code is listed here once,
//! with its severity, its text in both languages and what to do about it; `docs/findings.md` is held complete
//! by a test.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::lang::Lang;

/// What a finding means for the operation that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Look at it; the operation goes on.
    Warn,
    /// The data is refused (exit status 1) unless the finding is accepted by name, with a reason.
    Deny,
}

impl Severity {
    /// One word for people.
    pub fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Severity::Note, Lang::En) => "note",
            (Severity::Warn, Lang::En) => "warning",
            (Severity::Deny, Lang::En) => "denied",
            (Severity::Note, Lang::Ja) => "参考",
            (Severity::Warn, Lang::Ja) => "警告",
            (Severity::Deny, Lang::Ja) => "拒否",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident
        en $en:literal do $do_en:literal
        ja $ja:literal do $do_ja:literal;)+) => {
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
                match (self, lang) { $((Code::$variant, Lang::En) => $en, (Code::$variant, Lang::Ja) => $ja),+ }
            }

            /// What to do next.
            pub fn advice(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Code::$variant, Lang::En) => $do_en, (Code::$variant, Lang::Ja) => $do_ja),+ }
            }
        }
    };
}

codes! {
    FileEmpty "file/empty" Deny
        en "the file has no rows" do "Ask the sender for the file again."
        ja "ファイルに行がありません" do "送付元に再送を依頼してください。";
    FileUnknown "file/unknown" Deny
        en "not a master file: {found}" do "Check that this is the file you meant; `schemas/layouts/` lists the masters that are known."
        ja "マスターファイルではありません: {found}" do "対象ファイルを確認してください。対応マスターは schemas/layouts/ にあります。";
    FileCharset "file/charset" Deny
        en "bytes {found} are not {expected}" do "The file is damaged or in another character set; `warifu inspect` says which it looks like."
        ja "バイト列 {found} は {expected} ではありません" do "破損か別の文字コードです。warifu inspect で推定できます。";
    FileNotReversible "file/not-reversible" Deny
        en "{found} would not come back as the same bytes in {expected}" do "Ask for a file without vendor characters (NEC/IBM extensions, user-defined characters)."
        ja "{found} は {expected} で同じバイト列に戻りません" do "機種依存文字・外字のないファイルを依頼してください。";
    FileFormat "file/format" Deny
        en "declared as {expected}, but it looks like {found}" do "Import it by its own format (`--format`), or convert it first; never rename it."
        ja "{expected} として渡されましたが、{found} のようです" do "本来の形式を --format で指定するか、先に変換してください。";
    FileDoubtful "file/doubtful" Deny
        en "it may be {found} as well as {expected}, and the records would differ" do "Say which with --format; ask the sender which charset it is in."
        ja "{found} とも {expected} とも読め、内容が変わります" do "--format で指定してください。文字コードは送付元に確認してください。";
    FileBom "file/byte-order-mark" Deny
        en "begins with a byte order mark" do "Remove the mark, or ask for the file as it was published."
        ja "先頭に BOM があります" do "BOM を除くか、公表されたままのファイルを依頼してください。";
    FileNewlines "file/newlines" Note
        en "line ends are {found}; the format has {expected}" do "Nothing is lost; note that its checksum differs from the official file's."
        ja "改行が {found} です（形式では {expected}）" do "内容は同じですが、公式ファイルとチェックサムが異なります。";
    FileNoFinalNewline "file/no-final-newline" Note
        en "the last line has no line end" do "Nothing to do; it is recorded, so that the original can be given back."
        ja "最終行に改行がありません" do "対応不要です。元のバイト列を再現できるよう記録します。";
    FileRendering "file/rendering" Warn
        en "written in no regular way ({found}); its bytes are kept as they came" do "Nothing to do; ask the sender for a regular file next time."
        ja "書式が一定ではありません（{found}）。元のバイト列のまま保管します" do "対応不要ですが、次回は規則どおりのファイルを依頼してください。";
    FileMixedRoles "file/role" Deny
        en "cannot tell whether this is a full or a differential file: {found}" do "Say which with --full or --differential."
        ja "全件か変更分か判定できません: {found}" do "--full か --differential を指定してください。";
    RowColumns "row/columns" Deny
        en "{found} columns; this master has {expected}" do "The row is damaged or the layout is new: a new layout is one TOML file under schemas/layouts/."
        ja "{found} 列です（このマスターは {expected} 列）" do "行の破損か新レイアウトです。新レイアウトは schemas/layouts/ に TOML を一つ追加します。";
    RowQuote "row/quote" Deny
        en "a quotation mark is out of place: {found}" do "The file is truncated or was edited by hand; ask for it again."
        ja "引用符の位置が不正です: {found}" do "途中で切れたか手で編集されています。再送を依頼してください。";
    RowNewline "row/newline-in-field" Deny
        en "a field goes on over a line end" do "Masters never hold line ends inside a field; the closing quotation mark is probably missing."
        ja "項目の途中で改行しています" do "閉じの引用符が欠けている可能性があります。";
    RowTooLong "row/too-long" Deny
        en "a line of {found} bytes; the limit is {expected}" do "This is no master file, or its line ends are lost."
        ja "{found} バイトの行です（上限 {expected}）" do "マスターではないか、改行が失われています。";
    RowBlank "row/blank" Deny
        en "a blank line" do "Remove it at the source."
        ja "空行です" do "作成元で除去してください。";
    FixedLength "fixed/length" Deny
        en "the last record has {found} bytes; records of this master have {expected}" do "The file is cut or of another layout; ask for it again."
        ja "最後のレコードが {found} バイトです（このマスターは {expected} バイト）" do "途中で切れているか別のレイアウトです。再送を依頼してください。";
    FixedRecordEnd "fixed/record-end" Deny
        en "{found} stands after the record, not {expected}" do "Records have another length, or the file is damaged; ask for it again."
        ja "レコードの後が {expected} ではなく {found} です" do "レコード長が違うか破損しています。再送を依頼してください。";
    FixedShift "fixed/shift" Deny
        en "shifts to double-byte and not back within the column: {found}" do "The value was cut at its column's end; ask the sender for the whole one."
        ja "項目内で 2 バイト文字から復帰していません: {found}" do "項目の幅で切られた値です。送付元に元の値を確認してください。";
    FixedPadding "fixed/padding" Deny
        en "padded with {found} instead of blanks" do "Ask the sender to pad with blanks."
        ja "空白でなく {found} で埋められています" do "空白で埋めるよう送付元に依頼してください。";
    KeyBlank "key/blank" Deny
        en "the key is blank" do "A record without a key cannot be versioned; ask the sender."
        ja "キーが空です" do "キーのない行は版管理できません。送付元に確認してください。";
    KeyDuplicate "key/duplicate" Deny
        en "key {found} occurs again (first in line {expected})" do "Ask the sender which of the two rows holds."
        ja "キー {found} が重複しています（初出 {expected} 行目）" do "どちらが正しいか送付元に確認してください。";
    FieldTooLong "field/too-long" Deny
        en "{found} takes more than {expected} bytes in Shift JIS" do "A fixed-length receiver would cut it; ask for a corrected value."
        ja "{found} は Shift JIS で {expected} バイトを超えます" do "固定長の受け手で切れます。訂正を依頼してください。";
    FieldLength "field/length" Deny
        en "{found} is not {expected} characters long" do "Ask for a corrected value."
        ja "{found} は {expected} 桁ではありません" do "訂正を依頼してください。";
    FieldDigits "field/digits" Deny
        en "{found} is not a whole number" do "Ask for a corrected value."
        ja "{found} は数字ではありません" do "訂正を依頼してください。";
    FieldDecimal "field/decimal" Deny
        en "{found} is not a number with at most {expected} decimals" do "Ask for a corrected value."
        ja "{found} は小数 {expected} 桁以内の数値ではありません" do "訂正を依頼してください。";
    FieldDate "field/date" Deny
        en "{found} is not a date (YYYYMMDD)" do "Ask for a corrected value."
        ja "{found} は日付 (YYYYMMDD) ではありません" do "訂正を依頼してください。";
    FieldAlnum "field/alnum" Deny
        en "{found} has characters other than ASCII letters, digits and signs" do "Ask for a corrected value."
        ja "{found} に英数記号以外の文字があります" do "訂正を依頼してください。";
    FieldKana "field/kana" Deny
        en "{found} has characters other than half-width ones" do "Ask for a corrected value."
        ja "{found} に半角以外の文字があります" do "訂正を依頼してください。";
    FieldKanji "field/kanji" Deny
        en "{found} has half-width characters" do "Ask for a corrected value."
        ja "{found} に半角文字があります" do "訂正を依頼してください。";
    FieldControl "field/control-character" Deny
        en "{found} holds a control character" do "Ask for a corrected value."
        ja "{found} に制御文字があります" do "訂正を依頼してください。";
    FieldRequired "field/required" Deny
        en "blank, but never blank in a full file" do "Ask for a corrected value."
        ja "全件ファイルで空にならない項目が空です" do "訂正を依頼してください。";
    FieldValue "field/value-unknown" Warn
        en "{found} is not in the code list" do "New values appear in files before code lists: check the announcement, then add it to the layout's values."
        ja "{found} はコード表にありません" do "コード表より先に新しい値が現れることがあります。通知を確認し、レイアウトの values に追加してください。";
    ConvertUnmappable "convert/unmappable" Deny
        en "{found} cannot be written in {expected}" do "Nothing was written. Ask for a value without this character, or choose another format."
        ja "{found} は {expected} で表せません" do "出力していません。この文字を使わない値にするか、別の形式を選んでください。";
    ConvertOverflow "convert/overflow" Deny
        en "{found} bytes are needed, the column has {expected}" do "Nothing was written. Ask for a shorter value, widen the column (`fixed_bytes` in the layout), or name the field with `--shorten`."
        ja "{found} バイト必要ですが項目は {expected} バイトです" do "出力していません。短い値にするか、レイアウトの fixed_bytes を広げるか、--shorten で項目を指定してください。";
    ConvertTrailingBlank "convert/trailing-blank" Deny
        en "{found} ends in a blank, which fixed-length records do not tell from padding" do "Nothing was written. Ask for a value without it, or name the field with `--shorten`."
        ja "{found} は末尾が空白で、固定長では埋め草と区別できません" do "出力していません。空白のない値にするか、--shorten で項目を指定してください。";
    ConvertShortened "convert/shortened" Warn
        en "{expected} is written as {found}" do "Asked for with `--shorten`: tell the receiver, and keep the full value."
        ja "{expected} を {found} として出力します" do "--shorten による指定です。受け手に知らせ、元の値を残してください。";
    ConvertNoWidth "convert/no-width" Deny
        en "the layout gives the column no width, so it has no place in a fixed-length record" do "Add `bytes` or `fixed_bytes` to the column in the layout."
        ja "レイアウトに項目の幅がなく、固定長では表せません" do "レイアウトの項目に bytes か fixed_bytes を加えてください。";
    ConvertDiffers "convert/differs" Deny
        en "decoding the result again gives other records: {found}" do "Nothing was written. Report this: it is a fault in Warifu or in a charset table."
        ja "変換結果を読み直すと一致しません: {found}" do "出力していません。Warifu か文字表の不具合です。報告してください。";
    ApplyKind "apply/kind" Deny
        en "a {found} file does not apply to a {expected} master" do "Check the order of the files."
        ja "{found} のファイルは {expected} マスターに適用できません" do "ファイルの順序を確認してください。";
    ApplyFull "apply/full" Deny
        en "a full file where a differential was expected" do "Only the first file is a full one; import a full with `warifu import`."
        ja "変更分ではなく全件ファイルです" do "全件は先頭の一つだけです。";
    ApplyClass "apply/class" Deny
        en "change class {found} is none of 1, 3, 5, 9" do "Ask the sender what it means."
        ja "変更区分 {found} は 1・3・5・9 のいずれでもありません" do "送付元に確認してください。";
    ApplyThreeOnExisting "apply/new-on-existing" Warn
        en "announced as new, but it is there already; the whole row replaces it" do "Usual in a cumulative re-issue; otherwise the base is not the right one."
        ja "新規ですが既に存在します。行全体で置き換えました" do "累積再掲なら正常です。そうでなければ基にした版が違います。";
    ApplyFiveOnMissing "apply/change-on-missing" Warn
        en "changes a record that is not there; left out" do "Probably not the right base, or an entry that was withdrawn."
        ja "存在しない行の変更です。適用しませんでした" do "基にした版が違うか、取り消された行です。";
    ApplyNineOnMissing "apply/abolish-on-missing" Warn
        en "abolishes a record that is not there; left out" do "Usual in a cumulative re-issue; otherwise the base is not the right one."
        ja "存在しない行の廃止です。適用しませんでした" do "累積再掲なら正常です。そうでなければ基にした版が違います。";
    ApplyWidened "apply/widened" Note
        en "the layout widens from {expected} to {found} columns; untouched rows get blanks" do "Nothing to do."
        ja "レイアウトが {expected} 列から {found} 列になります。対象外の行の新項目は空です" do "対応不要です。";
    ApplyAssumed "apply/assumed" Warn
        en "assumed that this is the publication right after {expected}: no file says which base it needs" do "Compare with the next full file: `--expect FULL`."
        ja "{expected} の直後の変更分とみなしました（基の版はファイルに書かれていません）" do "次の全件と照合してください (--expect)。";
    ChainRegenerated "chain/regenerated" Warn
        en "{found} records: the full regenerates this column" do "Expected at a revision."
        ja "{found} 件: 全件側で付け直されています" do "改定時には正常です。";
    ChainReset "chain/reset" Warn
        en "{found} records: the full resets this column to {expected}" do "Expected: flags, orders and dates that a differential sets for one publication."
        ja "{found} 件: 全件側で {expected} に戻されています" do "変更分でのみ立つ項目です。正常です。";
    ChainUnexplained "chain/unexplained" Deny
        en "state + differentials has {expected}, the full has {found}" do "A differential is missing, or one is from another series."
        ja "積み上げでは {expected}、全件では {found} です" do "変更分の欠落か、別系列の混入です。";
    ChainMissing "chain/missing" Deny
        en "in state + differentials, not in the full" do "A differential is missing, or one is from another series."
        ja "積み上げにあり、全件にありません" do "変更分の欠落か、別系列の混入です。";
    ChainExtra "chain/extra" Deny
        en "in the full, not in state + differentials" do "A differential is missing, or one is from another series."
        ja "全件にあり、積み上げにありません" do "変更分の欠落か、別系列の混入です。";
    ImportSame "import/already-there" Note
        en "this very file was imported in {found}; nothing changes" do "Nothing to do."
        ja "同じファイルを {found} で取り込み済みです。変更はありません" do "対応不要です。";
    ImportSeries "import/series-unknown" Deny
        en "series {found} is not declared" do "Declare it in warifu.toml, with the first day each of its masters is in force."
        ja "系列 {found} は宣言されていません" do "warifu.toml に系列と施行日を宣言してください。";
    ImportNoBase "import/no-base" Deny
        en "a differential, but series {found} holds no full of this master yet" do "Import the full it is based on first."
        ja "変更分ですが、系列 {found} に基になる全件がありません" do "先に基になる全件を取り込んでください。";
    ImportOlder "import/older" Deny
        en "dated {found}, but the series already holds {expected}" do "Files go in by date. A re-issue of an older date needs `--accept import/older` with a reason."
        ja "{found} 付けですが、系列には {expected} まで入っています" do "日付順に取り込んでください。再掲なら理由を添えて --accept import/older。";
    ImportDoubtful "import/series-doubtful" Deny
        en "{found}; this does not look like series {expected}" do "Check the series: files of two series overlap in time and their names do not tell."
        ja "{found}。系列 {expected} のファイルではないようです" do "系列を確認してください。系列は期間が重なり、ファイル名では区別できません。";
    ImportBase "import/base-unjustified" Deny
        en "{found} rows do not fit the state ({expected})" do "The base is probably not the right one: a file is missing, or it is of another series."
        ja "{found} 行が現在の版に合いません（{expected}）" do "基の版が違う可能性があります（欠落または別系列）。";
    ImportDate "import/date" Warn
        en "no date in the file name; {found} is taken" do "Give the publication date with --dated."
        ja "ファイル名に日付がありません。{found} とします" do "--dated で公表日を指定してください。";
    SetPriceZero "set/price-zero" Deny
        en "priced in yen or points, but the value is {found}" do "Ask the sender; waive it for known items (`warifu.toml`)."
        ja "金額・点数のある品目ですが値が {found} です" do "送付元に確認してください。既知の品目は warifu.toml で除外できます。";
    SetStep "set/step" Deny
        en "step flag {found} and unit code {expected} contradict each other" do "Ask the sender."
        ja "きざみ値計算識別 {found} と単位コード {expected} が矛盾します" do "送付元に確認してください。";
    SetInOut "set/inpatient-outpatient" Deny
        en "inpatient/outpatient class {found} contradicts tally column {expected}" do "Ask the sender."
        ja "入外適用区分 {found} と集計先 {expected} が矛盾します" do "送付元に確認してください。";
    SetUnitName "set/unit-name" Deny
        en "unit code {found} is named {expected}" do "Ask the sender: one code has one name in all masters."
        ja "単位コード {found} の名称が {expected} です" do "単位コードと名称は一対一です。送付元に確認してください。";
    SetCommentCode "set/comment-code" Deny
        en "comment code {found} is not made of its parts ({expected})" do "Ask the sender."
        ja "コメントコード {found} が構成要素（{expected}）と一致しません" do "送付元に確認してください。";
    SetRelated "set/related-code" Deny
        en "refers to {found}, which is not in the master" do "Ask the sender: the row would point at nothing."
        ja "参照先 {found} がマスターにありません" do "送付元に確認してください。";
    SetDateOrder "set/date-order" Deny
        en "in force from {found}, which is after its end {expected}" do "Ask the sender."
        ja "変更年月日 {found} が廃止年月日 {expected} より後です" do "送付元に確認してください。";
    StoreState "store/state" Deny
        en "the stored records have digest {found}; the import recorded {expected}" do "The repository was changed by hand: find the commit with `git log -- masters/`."
        ja "保管内容のダイジェスト {found} が取込記録 {expected} と違います" do "手作業で変更されています。git log -- masters/ で確認してください。";
    StoreOriginal "store/original" Deny
        en "the original bytes cannot be given back: {found}" do "The repository was changed by hand: find the commit with `git log -- sources/`."
        ja "元のバイト列を再現できません: {found}" do "手作業で変更されています。git log -- sources/ で確認してください。";
}

impl Code {
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

/// One finding: what, where and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// What it means; the code's own severity, or `Warn` once accepted by name.
    pub severity: Severity,
    /// Line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in the row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The column's field id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The record's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What it is compared with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expected: String,
}

impl Finding {
    /// A finding about the file as a whole.
    pub fn new(code: Code) -> Self {
        Finding {
            code,
            severity: code.severity(),
            line: None,
            column: None,
            field: None,
            key: None,
            found: String::new(),
            expected: String::new(),
        }
    }

    /// What was found.
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = shorten(found.to_string());
        self
    }

    /// What it is compared with.
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = shorten(expected.to_string());
        self
    }

    /// The line, from 1.
    pub fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// The column (from 1) and its field id.
    pub fn field(mut self, column: u32, field: &str) -> Self {
        self.column = Some(column);
        self.field = Some(field.to_owned());
        self
    }

    /// The record's key.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// `line:column:field`, as far as they are known.
    pub fn place(&self) -> String {
        let mut place = self.line.map(|line| line.to_string()).unwrap_or_default();
        if let (Some(column), Some(field)) = (self.column, &self.field) {
            if !place.is_empty() {
                place.push(':');
            }
            place.push_str(&format!("{column}:{field}"));
        }
        place
    }

    /// The sentence for people, with the evidence in it.
    pub fn text(&self, lang: Lang) -> String {
        self.code.text(lang).replace("{found}", &self.found).replace("{expected}", &self.expected)
    }
}

/// Evidence is for reading: a value of a megabyte is told by its beginning.
fn shorten(mut text: String) -> String {
    const LIMIT_CHARS: usize = 120;
    if let Some((end, _)) = text.char_indices().nth(LIMIT_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Findings as they are collected: everything is counted, and the first [`Findings::EXAMPLES`] of each code
/// are kept, so that a file with a million bad fields costs no more than one with a few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl Findings {
    /// How many findings of one code are kept in full.
    pub const EXAMPLES: u64 = 100;

    /// None so far.
    pub fn new() -> Self {
        Findings::default()
    }

    /// Adds one. `finding` is only made when it will be kept.
    pub fn push_with(&mut self, code: Code, finding: impl FnOnce() -> Finding) {
        let count = self.counts.entry(code).or_insert(0);
        *count += 1;
        if *count <= Self::EXAMPLES {
            self.list.push(finding());
        }
    }

    /// Counts one that nobody needs to see as an example.
    pub(crate) fn count_only(&mut self, code: Code) {
        *self.counts.entry(code).or_insert(0) += 1;
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.push_with(finding.code, || finding);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Findings) {
        let mut kept: BTreeMap<Code, u64> = BTreeMap::new();
        for finding in other.list {
            *kept.entry(finding.code).or_insert(0) += 1;
            self.push(finding);
        }
        for (code, count) in other.counts {
            *self.counts.entry(code).or_insert(0) += count - kept.get(&code).copied().unwrap_or(0);
        }
    }

    /// Puts the findings in the order of their lines: records are checked in key order, people read from top.
    pub(crate) fn sort_by_line(&mut self) {
        self.list.sort_by_key(|finding| (finding.line, finding.column));
    }

    /// The findings that were kept.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many of `code` there were.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.get(&code).copied().unwrap_or(0)
    }

    /// Every code that occurred, with its count.
    pub fn counts(&self) -> impl Iterator<Item = (Code, u64)> + '_ {
        self.counts.iter().map(|(code, count)| (*code, *count))
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether any finding refuses the data.
    pub fn denies(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Deny)
    }

    /// Turns known exceptions into notes. A code that occurs more often than is kept in full is left as it is:
    /// among those that were only counted there may be one that is no known exception.
    pub fn waive(&mut self, is_known: impl Fn(&Finding) -> bool) {
        let counts = &self.counts;
        let all_kept = |code: Code| counts.get(&code).is_some_and(|count| *count <= Self::EXAMPLES);
        for finding in self.list.iter_mut().filter(|finding| all_kept(finding.code)) {
            if is_known(finding) {
                finding.severity = Severity::Note;
            }
        }
    }

    /// Turns what is accepted by name from `Deny` into `Warn`; how many findings that concerned.
    pub fn accept(&mut self, accepted: &[Code]) -> u64 {
        for finding in &mut self.list {
            if accepted.contains(&finding.code) && finding.severity == Severity::Deny {
                finding.severity = Severity::Warn;
            }
        }
        accepted.iter().map(|code| self.count(*code)).sum()
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

    #[test]
    fn a_million_findings_are_counted_and_a_hundred_are_kept() {
        let mut findings = Findings::new();
        for line in 0..1_000_000 {
            findings.push_with(Code::FieldDate, || Finding::new(Code::FieldDate).line(line));
        }
        assert_eq!(findings.count(Code::FieldDate), 1_000_000);
        assert_eq!(findings.list().len(), 100);
    }

    #[test]
    fn the_text_carries_the_evidence() {
        let finding = Finding::new(Code::RowColumns).line(4).found(149).expected(150);
        assert_eq!(finding.text(Lang::En), "149 columns; this master has 150");
        assert_eq!(finding.text(Lang::Ja), "149 列です（このマスターは 150 列）");
        assert_eq!(finding.place(), "4");
    }
}
