using System.Globalization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// The table of the columns of a daily file in CSV. It makes the template, the table in the documentation and the names in faults; a column
/// more is one row here, and its cell in <see cref="CsvRecord"/>.
/// </summary>
public static class CsvColumns
{
    private const string Dates = "23/04/2019 (day first) or 2019-04-23";

    /// <summary>The only key of a look-up.</summary>
    public static CsvColumn NhsNumber { get; } =
        new("NHS number", "Ten digits; spaces may stand between them. For an unborn plan the mother's.", "9990000018")
        {
            OtherNames = ["NHS no"],
            Elements = ["Patient.identifier[0]", "EpisodeOfCare.patient"],
        };

    /// <summary>Family name.</summary>
    public static CsvColumn Family { get; } =
        new("family name", "As it is in your register.", "Fernwood")
        {
            OtherNames = ["family", "surname", "last name"],
            Elements = ["Patient.name.family", "Patient.name"],
        };

    /// <summary>Given name.</summary>
    public static CsvColumn Given { get; } =
        new("given name", "For a newborn without a name: BABY.", "Robin")
        {
            OtherNames = ["given", "given names", "first name", "forename"],
            Elements = ["Patient.name.given"],
        };

    /// <summary>Date of birth.</summary>
    public static CsvColumn BirthDate { get; } =
        new("birth date", Dates + ".", "23/04/2019")
        {
            OtherNames = ["date of birth", "DOB"],
            Elements = ["Patient.birthDate"],
        };

    /// <summary>The authority's own id of the person.</summary>
    public static CsvColumn LocalId { get; } =
        new(
            "local person id",
            "Your own id of the person, so that a notice finds the case. No care setting sees it.",
            "P-4711"
        )
        {
            OtherNames = ["local id", "person id"],
            IsOptional = true,
            Elements = ["Patient.identifier[1]"],
        };

    /// <summary>The authority's own id of the plan.</summary>
    public static CsvColumn PlanId { get; } =
        new(
            "plan id",
            "Your own id of the plan, always the same for the same plan: letters, digits and . _ : / -",
            "CPP-0001"
        )
        {
            Elements = ["EpisodeOfCare.identifier"],
        };

    /// <summary>Which of the plan types.</summary>
    public static CsvColumn Type { get; } =
        new(
            "plan type",
            $"{string.Join(", ", PlanTypes.All.Select(CsvWords.NameOf))}; or the SNOMED CT code.",
            CsvWords.NameOf(PlanTypes.ChildProtectionPlan)
        )
        {
            OtherNames = ["type"],
            Elements = ["EpisodeOfCare.type"],
        };

    /// <summary>First day.</summary>
    public static CsvColumn Start { get; } =
        new("start", $"First day: {Dates}.", "01/05/2026")
        {
            OtherNames = ["start date"],
            Elements = ["EpisodeOfCare.period.start", "EpisodeOfCare.period"],
        };

    /// <summary>Last day, or the expected date of delivery.</summary>
    public static CsvColumn End { get; } =
        new("end", "Last day of a plan that is finished; due date of an unborn plan that is active. Else empty.", "")
        {
            OtherNames = ["end date", "due date", "end / due date"],
            Elements = ["EpisodeOfCare.period.end"],
            Rules = ["cpis-period-order", "cpis-plan-finished-end", "cpis-plan-unborn-end"],
        };

    /// <summary>Where the plan stands.</summary>
    public static CsvColumn Status { get; } =
        new("status", "active; finished (or ended); withdrawn, for a plan that was a mistake.", "active")
        {
            OtherNames = ["plan status"],
            Elements = ["EpisodeOfCare.status"],
        };

    /// <summary>The mark of a family in flight.</summary>
    public static CsvColumn Protected { get; } =
        new(
            "protected",
            "yes for a family in flight; else no, or empty. An upload sets the mark and never removes it.",
            ""
        )
        {
            IsOptional = true,
            Elements = ["EpisodeOfCare.meta"],
        };

    /// <summary>A column that <c>$holdings</c> writes, so that what an authority holds can be sent as it is: nothing is read from it.</summary>
    public const string LastConfirmed = "last confirmed";

    /// <summary>Every column, in the order of the template.</summary>
    public static IReadOnlyList<CsvColumn> All { get; } =
    [NhsNumber, Family, Given, BirthDate, LocalId, PlanId, Type, Start, End, Status, Protected];

    /// <summary>
    /// A file to begin with: the header, and an example that is passed over because its row begins with <see cref="CsvRecords.Comment"/>.
    /// </summary>
    public static string Template { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(',', All.Select(column => column.Name))}\r\n{CsvRecords.Comment}{string.Join(',', All.Select(column => column.Example))}\r\n"
        );

    private static readonly (string Element, string Name)[] s_said =
    [
        .. All.SelectMany(column => column.Elements.Select(element => (element, column.Name)))
            .OrderByDescending(each => each.element.Length),
        ("period.start", Start.Name),
        ("period.end", End.Name),
    ];

    /// <summary>The columns as a table in Markdown.</summary>
    public static string Documentation { get; } =
        string.Concat(
            All.Select(column =>
                    $"| `{column.Name}` | {(column.IsOptional ? "may be left out" : "yes")} | {column.Says} | {string.Join(", ", column.OtherNames)} |\n"
                )
                .Prepend("| Column | Needed | What belongs in it | Also called |\n|---|---|---|---|\n")
        );

    /// <summary>A sentence about elements as one about columns.</summary>
    internal static string Say(string sentence)
    {
        foreach (var (element, name) in s_said)
            sentence = sentence.Replace(element, name, StringComparison.Ordinal);
        return sentence;
    }

    /// <summary>The column at which a fault is told; null for none.</summary>
    /// <param name="rule">The rule that is broken.</param>
    /// <param name="element">The element, from its resource on, such as <c>EpisodeOfCare.period.end</c>, with indexes.</param>
    public static CsvColumn? Of(string? rule, string? element)
    {
        if (rule is not null && All.FirstOrDefault(column => column.Rules.Contains(rule)) is { } told)
            return told;
        if (element is null)
            return null;
        // Only identifiers of a person are told apart by their place.
        var path = element.Replace("name[0]", "name", StringComparison.Ordinal);
        return All.SelectMany(column => column.Elements.Select(each => (Column: column, Element: each)))
            .Where(each =>
                path.StartsWith(each.Element, StringComparison.Ordinal)
                && (path.Length == each.Element.Length || path[each.Element.Length] is '.' or '[')
            )
            .MaxBy(each => each.Element.Length)
            .Column;
    }
}
