namespace CpIs.Fhir.Core.Searching;

/// <summary>One parameter as it was sent, read by its row.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Name">Its name as sent, with the modifier.</param>
/// <param name="Modifier">The modifier, or null.</param>
/// <param name="Values">One value or more, one of which must match.</param>
public sealed record AskedParameter(Parameter Row, string Name, string? Modifier, IReadOnlyList<AskedValue> Values)
{
    /// <summary>The only value of a parameter that takes one.</summary>
    public AskedValue Value => Values[0];

    /// <summary>Refuses it: 400 that names the parameter.</summary>
    /// <param name="sentence">What is wrong, for a person; never the value, which may be personal data.</param>
    /// <param name="spine">One of <see cref="SpineCodes"/>.</param>
    public Refusal Refuse(string sentence, string spine = SpineCodes.InvalidSearchData) =>
        ParameterReader.Refuse(Name, sentence, spine);
}
