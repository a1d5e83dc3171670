namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// What a look-up asks for: exactly one child by a valid NHS number, and what to send along. Anything else is a 400:
/// a setting sees nothing without exactly one valid NHS number, and an unknown parameter is never ignored (promise 6).
/// </summary>
/// <param name="Child">The child.</param>
/// <param name="IncludePatient"><c>_include=Flag:patient</c>.</param>
/// <param name="IncludeAuthor"><c>_include=Flag:author</c>.</param>
public sealed record LookUpParameters(NhsNumber Child, bool IncludePatient, bool IncludeAuthor)
{
    /// <summary>Reads the parameters of a request.</summary>
    public static Result<LookUpParameters> Parse(LookUpRequest request)
    {
        string? subject = null;
        var subjectName = SubjectNames(request.Interaction)[0];
        var (patient, author) = (false, false);
        foreach (var (name, value) in request.Parameters)
        {
            if (SubjectNames(request.Interaction).Contains(name))
            {
                if (subject is not null)
                    return Refuse(
                        $"Exactly one child can be looked up; '{name}' is a second subject.",
                        name,
                        SpineCodes.TooManyValues
                    );
                (subject, subjectName) = (value, name);
            }
            else if (name == "_include" && request.Interaction == LookUpInteraction.Flag && value == "Flag:patient")
                patient = true;
            else if (name == "_include" && request.Interaction == LookUpInteraction.Flag && value == "Flag:author")
                author = true;
            else if (name == "_include")
                return Refuse("_include takes Flag:patient and Flag:author, on a search for Flag.", name);
            else if (name == "_count")
                return Refuse("The answer to a look-up is never paged: leave _count out.", name);
            else if (name != "_format" || value is not ("json" or "application/json" or "application/fhir+json"))
                return Refuse($"'{Shown(name)}' is not a parameter of this look-up.", Shown(name));
        }

        if (subject is null)
            return Refuse(
                $"A look-up needs the child's NHS number in '{subjectName}'.",
                subjectName,
                SpineCodes.MissingValue
            );
        return Number(request.Interaction, subject) is { } child
            ? new LookUpParameters(child, patient, author)
            : Refuse(
                request.Interaction == LookUpInteraction.ChildProtection
                    ? "Invalid NHS number: ten digits with a right modulus-11 check digit."
                    : $"Invalid NHS number: expected {FhirSystems.NhsNumber}| and ten digits with a right modulus-11 check digit.",
                subjectName
            );
    }

    private static string[] SubjectNames(LookUpInteraction interaction) =>
        interaction switch
        {
            LookUpInteraction.ChildProtection => ["nhsNumber"],
            LookUpInteraction.Flag => ["patient:identifier", "patient.identifier", "subject:identifier"],
            _ => ["patient:identifier", "patient.identifier"],
        };

    private static NhsNumber? Number(LookUpInteraction interaction, string value)
    {
        if (interaction != LookUpInteraction.ChildProtection)
        {
            const string prefix = FhirSystems.NhsNumber + "|";
            if (!value.StartsWith(prefix, StringComparison.Ordinal))
                return null;
            value = value[prefix.Length..];
        }

        return NhsNumber.TryParse(value, out var child) ? child : null;
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "...";

    private static Refusal Refuse(string diagnostics, string parameter, string spine = SpineCodes.InvalidSearchData) =>
        Refusal.Malformed(diagnostics, parameter, spine);
}
