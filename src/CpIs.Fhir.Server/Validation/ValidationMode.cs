namespace CpIs.Fhir.Server.Validation;

/// <summary>What is to be done with the resource that is validated (R4 value set <c>resource-validation-mode</c>).</summary>
internal enum ValidationMode
{
    /// <summary>Nothing was said: the content alone.</summary>
    Content,

    /// <summary>Created.</summary>
    Create,

    /// <summary>Stored over the one that is there.</summary>
    Update,

    /// <summary>Deleted.</summary>
    Delete,

    /// <summary>The stored one, against a profile.</summary>
    Profile,
}
