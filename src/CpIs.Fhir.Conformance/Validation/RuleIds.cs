namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Ids of the rules that come from the structure of a definition. An invariant has its own key (<c>per-1</c>, <c>cpis-nhs-number</c>) as
/// its id. All are in CodeSystem <c>rule</c>; an id is stable.
/// </summary>
public static class RuleIds
{
    /// <summary>A required element is missing (<c>min</c>).</summary>
    public const string Min = "fhir-min";

    /// <summary>An element occurs more often than allowed (<c>max</c>).</summary>
    public const string Max = "fhir-max";

    /// <summary>An element that the profile prohibits (<c>max</c> 0).</summary>
    public const string Prohibited = "fhir-prohibited";

    /// <summary>An element that the type does not have.</summary>
    public const string UnknownElement = "fhir-unknown-element";

    /// <summary>A value of another type, or written in another form (object, list, string, number), than the element has.</summary>
    public const string Type = "fhir-type";

    /// <summary>A list where there is one value, one value where there is a list, or a list without members.</summary>
    public const string List = "fhir-list";

    /// <summary>In XML, an element in another place than its definition has.</summary>
    public const string Order = "fhir-order";

    /// <summary>A primitive value that is not written as its type requires.</summary>
    public const string Format = "fhir-format";

    /// <summary>Another value than the one fixed value (<c>fixed[x]</c>).</summary>
    public const string Fixed = "fhir-fixed";

    /// <summary>A value without what it must have (<c>pattern[x]</c>).</summary>
    public const string Pattern = "fhir-pattern";

    /// <summary>A text that is too long (<c>maxLength</c>).</summary>
    public const string MaxLength = "fhir-max-length";

    /// <summary>A value below the smallest (<c>minValue[x]</c>).</summary>
    public const string MinValue = "fhir-min-value";

    /// <summary>A value above the largest (<c>maxValue[x]</c>).</summary>
    public const string MaxValue = "fhir-max-value";

    /// <summary>A code outside its value set.</summary>
    public const string Binding = "fhir-binding";

    /// <summary>A code that its own system does not have.</summary>
    public const string Code = "fhir-code";

    /// <summary>A display that is not that of the code.</summary>
    public const string Display = "fhir-display";

    /// <summary>A code whose value set or system is not available, or slices whose discriminator is not supported.</summary>
    public const string Unchecked = "fhir-unchecked";

    /// <summary>An element that belongs to no slice, where only slices may be.</summary>
    public const string SliceClosed = "fhir-slice-closed";

    /// <summary>A required slice is missing.</summary>
    public const string SliceMin = "fhir-slice-min";

    /// <summary>A slice occurs more often than allowed.</summary>
    public const string SliceMax = "fhir-slice-max";

    /// <summary>Slices in another order than the profile's.</summary>
    public const string SliceOrder = "fhir-slice-order";

    /// <summary>An extension whose definition is not available.</summary>
    public const string ExtensionUnknown = "fhir-extension-unknown";

    /// <summary>An extension on an element that it is not defined for.</summary>
    public const string ExtensionContext = "fhir-extension-context";

    /// <summary>An unknown modifier extension: it may change the meaning of its element, so it cannot be ignored.</summary>
    public const string ModifierExtension = "fhir-modifier-extension";

    /// <summary>A reference to a resource of a type that is not allowed there.</summary>
    public const string ReferenceType = "fhir-reference-type";

    /// <summary>A reference to a resource, present here, that does not meet the profile.</summary>
    public const string ReferenceProfile = "fhir-reference-profile";

    /// <summary>A reference that leads nowhere, in a text that should hold its target.</summary>
    public const string ReferenceUnresolved = "fhir-reference-unresolved";

    /// <summary>A reference with a version where none may be, or without where one must be; or to a place that is not allowed.</summary>
    public const string ReferenceForm = "fhir-reference-form";

    /// <summary>A value that meets none of the profiles of which it must meet one.</summary>
    public const string Profile = "fhir-profile";

    /// <summary>A profile that is not available, or is not for this type.</summary>
    public const string ProfileUnknown = "fhir-profile-unknown";

    /// <summary>A resource without type, or of a type that is not available.</summary>
    public const string ResourceType = "fhir-resource-type";

    /// <summary>An address that is not absolute where it must be, or names something else than it must.</summary>
    public const string Address = "fhir-address";

    /// <summary>What must be there once is there twice: an element's id, a Bundle's link, a security label.</summary>
    public const string Duplicate = "fhir-duplicate";

    /// <summary>The size of an attachment is not that of its data, or above the largest.</summary>
    public const string AttachmentSize = "fhir-attachment-size";

    /// <summary>A text that does not have the form that the definition gives as a regular expression.</summary>
    public const string Regex = "fhir-regex";

    /// <summary>An entry that a Bundle of its type may not have.</summary>
    public const string BundleEntry = "fhir-bundle-entry";

    /// <summary>The fullUrl of an entry is missing or relative, or does not end in the type and id of its resource.</summary>
    public const string FullUrl = "fhir-full-url";

    /// <summary>An invariant that could not be evaluated.</summary>
    public const string InvariantUnevaluated = "fhir-invariant-unevaluated";
}
