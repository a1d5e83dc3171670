namespace CpIs.Fhir.Core.Searching;

/// <summary>What the value of a parameter looks like. The first five are kinds of search parameter of R4.</summary>
public enum ParameterKind
{
    /// <summary><c>system|value</c>, <c>value</c>, or <c>system|</c>.</summary>
    Token,

    /// <summary>Text, matched from its beginning; case, accents, punctuation and blanks make no difference.</summary>
    Text,

    /// <summary>A date with an optional prefix (<see cref="SearchDate"/>).</summary>
    Date,

    /// <summary><c>Type/id</c> or <c>id</c>; with the modifier <c>identifier</c>, or chained, <c>system|value</c>.</summary>
    Reference,

    /// <summary>A URI, matched to the letter.</summary>
    Uri,

    /// <summary>One of the values that the table lists.</summary>
    Code,

    /// <summary>A reference between resources that the table lists, such as <c>Flag:patient</c>; its target may follow.</summary>
    Include,

    /// <summary>A whole number from 0.</summary>
    Number,

    /// <summary>The media type of the answer.</summary>
    Format,
}
