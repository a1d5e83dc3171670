namespace CpIs.Fhir.Core.Quality;

/// <summary>What a data-quality report finds, as it is counted and listed. The names are stored: never rename.</summary>
public enum QualityMeasure
{
    /// <summary>Records that a file brought, that were refused, and that no later file has mended.</summary>
    Failing,

    /// <summary>Children of whom another authority with a visible plan has another name or date of birth.</summary>
    Disagreement,

    /// <summary>Open plans of a person who is 18 within <see cref="ChildQuality.DaysAhead"/>, or already.</summary>
    NearEighteen,

    /// <summary>Open unborn plans whose due date has passed.</summary>
    PastDue,

    /// <summary>Children with two open plans of one type.</summary>
    SecondPlan,
}

/// <summary>How a measure is written: its code in FHIR and CSV, and what a person reads.</summary>
public static class QualityMeasures
{
    /// <summary>All, in the order in which they are shown.</summary>
    public static IReadOnlyList<QualityMeasure> All { get; } = Enum.GetValues<QualityMeasure>();

    /// <summary>The code, of <c>https://fhir.cpis.example/CodeSystem/quality-measure</c>.</summary>
    public static string Code(this QualityMeasure measure) =>
        measure switch
        {
            QualityMeasure.Failing => "failing",
            QualityMeasure.Disagreement => "disagreement",
            QualityMeasure.NearEighteen => "near-eighteen",
            QualityMeasure.PastDue => "past-due",
            QualityMeasure.SecondPlan => "second-plan",
            _ => throw new ArgumentOutOfRangeException(nameof(measure)),
        };

    /// <summary>What it counts, in words.</summary>
    public static string Words(this QualityMeasure measure) =>
        measure switch
        {
            QualityMeasure.Failing => "Records refused and not mended yet",
            QualityMeasure.Disagreement => "Children of whom another authority has other details",
            QualityMeasure.NearEighteen => "Open plans of people who are 18 within 90 days, or already",
            QualityMeasure.PastDue => "Unborn plans past their due date",
            QualityMeasure.SecondPlan => "Children with two open plans of one type",
            _ => throw new ArgumentOutOfRangeException(nameof(measure)),
        };
}
