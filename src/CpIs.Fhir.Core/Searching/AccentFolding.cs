using System.Collections.Frozen;
using System.Text;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// Lower case without accents, so that a search for <c>zielinski</c> finds Zieliński. Written out as a table because the
/// server runs without ICU (invariant globalisation), where the runtime decomposes no letter.
/// </summary>
internal static class AccentFolding
{
    // Each row: the plain letter, then the letters of Latin scripts that fold to it.
    private static readonly string[] Rows =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dðďđḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǧǵḡ",
        "hĥħȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįıǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľłḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöøōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšșṡṣṥṧṩ",
        "tţťŧțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžẑẓẕ",
    ];

    private static readonly FrozenDictionary<char, string> Letters = Rows.SelectMany(row =>
            row[1..].Select(letter => KeyValuePair.Create(letter, row[..1]))
        )
        .Concat([new('ß', "ss"), new('æ', "ae"), new('œ', "oe"), new('þ', "th")])
        .ToFrozenDictionary();

    /// <summary>Folds a text; letters of other scripts are only lower-cased.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var lower = char.ToLowerInvariant(c);
            if (lower < 0x80)
                folded.Append(lower);
            else if (Letters.TryGetValue(lower, out var plain))
                folded.Append(plain);
            else if (lower is < '\u0300' or > '\u036f') // combining marks fall away
                folded.Append(lower);
        }

        return folded.ToString();
    }
}
