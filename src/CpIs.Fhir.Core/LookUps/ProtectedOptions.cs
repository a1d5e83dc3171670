using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>Plans of families in flight (section <c>Protected</c> of fhir.config.json).</summary>
public sealed record ProtectedOptions
{
    /// <summary>
    /// The one number that answers name for every protected record: it must reveal no place. Without it no plan can be
    /// protected, and no mark is taken.
    /// </summary>
    [RegularExpression(
        "^(\\+?[0-9][0-9 ]{4,19})?$",
        ErrorMessage = "A phone number must be digits and spaces, with a plus sign first if it is international."
    )]
    public string Phone { get; init; } = "";

    /// <summary>True where marks are taken.</summary>
    public bool HasPhone => Phone.Length > 0;

    /// <summary>Whom an answer says to phone: a mark from before the number was taken away still protects.</summary>
    internal string PhoneOrWhom => HasPhone ? Phone : "children's social care";
}
