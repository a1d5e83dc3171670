using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The words of each problem. Nothing is put together before the sink wants it.</summary>
internal sealed partial class Walk
{
    private const ValidationSeverity Error = ValidationSeverity.Error;
    private const int LongestFound = 120;

    private void ReportMissing(FhirNode parent, ElementSchema element, int count)
    {
        if (!sink.Takes(parent, Error, RuleIds.Min, element.Name))
            return;
        sink.Add(
            parent,
            Issue(
                Error,
                "required",
                RuleIds.Min,
                $"{element.Name} is missing.",
                $"{parent.Path}.{element.Name}",
                element
            ) with
            {
                Expected =
                    element.Min == 1 ? $"{element.Name} is required" : $"at least {element.Min} of {element.Name}",
                Found = count == 0 ? "none" : $"{count}",
                Hint = HintOf(element),
            }
        );
    }

    private void ReportTooMany(FhirNode node, ElementSchema element, int count)
    {
        if (sink.Takes(node, Error, RuleIds.Max))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Max,
                    $"{element.Name} is there {count} times.",
                    node.Path,
                    element
                ) with
                {
                    Expected = $"at most {element.Max}",
                    Found = $"{count}",
                }
            );
    }

    private void ReportProhibited(FhirNode node, ElementSchema element)
    {
        if (sink.Takes(node, Error, RuleIds.Prohibited))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Prohibited,
                    $"{node.Name} is not taken by {element.Structure.Name}.",
                    node.Path,
                    element
                ) with
                {
                    Expected = "nothing",
                    Hint = $"Leave {node.Name} out.",
                }
            );
    }

    private void ReportUnknownElement(FhirNode node, ChildTable table)
    {
        if (!sink.Takes(node, Error, RuleIds.UnknownElement))
            return;
        var near = Nearest(node.Name, table.Names);
        sink.Add(
            node,
            Issue(
                Error,
                "structure",
                RuleIds.UnknownElement,
                $"{Short(node.Name)} is not an element of {node.Parent?.Type ?? "this type"}.",
                node.Path,
                table.Elements.FirstOrDefault()
            ) with
            {
                Expected = $"one of {string.Join(", ", table.Names.Take(40))}",
                Hint = near is null ? null : $"Is {near} meant?",
            }
        );
    }

    private void ReportChoiceType(FhirNode node, ElementSchema choice)
    {
        if (sink.Takes(node, Error, RuleIds.Type))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Type,
                    $"{Short(node.Name)} has a type that {choice.Name}[x] may not have here.",
                    node.Path,
                    choice
                ) with
                {
                    Expected = string.Join(" or ", choice.Types.Select(type => type.Code)),
                    Found = Short(node.Name[choice.Name.Length..]),
                }
            );
    }

    private void ReportForm(FhirNode node, ElementSchema element, string expected)
    {
        if (sink.Takes(node, Error, RuleIds.Type))
            sink.Add(
                node,
                Issue(Error, "structure", RuleIds.Type, $"{element.Name} is not {expected}.", node.Path, element) with
                {
                    Expected = expected,
                    Found = FormOf(node),
                }
            );
    }

    private void ReportValueForm(FhirNode node, TypeSchema type, FhirValueForm form)
    {
        if (sink.Takes(node, Error, RuleIds.Type))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Type,
                    $"A {type.Code} is written as {Describe(form)}.",
                    node.Path,
                    null
                ) with
                {
                    Expected = Describe(form),
                    Found = FormOf(node),
                    Hint = form == FhirValueForm.Text ? "Put it in quotes." : "Leave the quotes out.",
                }
            );
    }

    private void ReportFormat(FhirNode node, TypeSchema type)
    {
        if (sink.Takes(node, Error, RuleIds.Format))
            sink.Add(
                node,
                Issue(
                    Error,
                    "value",
                    RuleIds.Format,
                    $"The value is not written as a {type.Code}.",
                    node.Path,
                    null
                ) with
                {
                    Expected = PrimitiveFormats.Describe(type.Code),
                    Found = Shown(node),
                    Hint = string.IsNullOrWhiteSpace(node.Value)
                        ? "Leave the element out where there is no value."
                        : null,
                }
            );
    }

    private void ReportNarrative(FhirNode node, string rule, string problem)
    {
        if (sink.Takes(node, Error, rule))
            sink.Add(
                node,
                Issue(Error, "invariant", rule, $"The narrative is not allowed: {problem}.", node.Path, null) with
                {
                    Profile = SchemaSet.Core + "Narrative",
                    RuleText =
                        "A narrative holds formatting elements of HTML and some text or an image, and nothing that runs.",
                }
            );
    }

    private void ReportList(FhirNode node, ElementSchema element)
    {
        var isArray = element.Model.IsArray;
        if (sink.Takes(node, Error, RuleIds.List))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.List,
                    isArray ? $"{element.Name} is a list." : $"{element.Name} is not a list.",
                    node.Path,
                    element
                ) with
                {
                    Expected = isArray ? "[ ... ]" : "one value",
                    Found = isArray ? "one value" : "a list",
                    Hint = isArray
                        ? "Put it in square brackets, also when there is only one."
                        : "Leave the square brackets out.",
                }
            );
    }

    private void ReportEmptyList(FhirNode node, ElementSchema element)
    {
        if (sink.Takes(node, Error, RuleIds.List))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.List,
                    $"The list of {element.Name} is empty.",
                    node.Path,
                    element
                ) with
                {
                    Expected = "at least one member",
                    Hint = "Leave the element out where there is nothing to say.",
                }
            );
    }

    private void ReportOrder(FhirNode node, ElementSchema element)
    {
        if (sink.Takes(node, Error, RuleIds.Order))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Order,
                    $"{node.Name} stands behind an element that it comes before.",
                    node.Path,
                    element
                ) with
                {
                    Expected = "the order of the definition, as XML demands",
                }
            );
    }

    private void ReportMaxLength(FhirNode node, ElementSchema element, int most, int length)
    {
        if (sink.Takes(node, Error, RuleIds.MaxLength))
            sink.Add(
                node,
                Issue(
                    Error,
                    "too-long",
                    RuleIds.MaxLength,
                    $"The text is longer than {most} characters.",
                    node.Path,
                    element
                ) with
                {
                    Expected = $"at most {most} characters",
                    Found = $"{length}",
                }
            );
    }

    private void ReportLimit(FhirNode node, ElementSchema element, string rule, string expected)
    {
        if (sink.Takes(node, Error, rule))
            sink.Add(
                node,
                Issue(Error, "value", rule, $"The value must be {expected}.", node.Path, element) with
                {
                    Expected = expected,
                    Found = Shown(node),
                }
            );
    }

    private void ReportFixed(FhirNode node, ElementSchema element, FhirNode wanted)
    {
        if (sink.Takes(node, Error, RuleIds.Fixed))
            sink.Add(
                node,
                Issue(
                    Error,
                    "value",
                    RuleIds.Fixed,
                    $"{element.Name} is always {Values.Describe(wanted)}.",
                    node.Path,
                    element
                ) with
                {
                    Expected = Values.Describe(wanted),
                    Found = Shown(node),
                }
            );
    }

    private void ReportPattern(FhirNode node, ElementSchema element, FhirNode pattern)
    {
        if (sink.Takes(node, Error, RuleIds.Pattern))
            sink.Add(
                node,
                Issue(
                    Error,
                    "value",
                    RuleIds.Pattern,
                    $"{element.Name} has {Values.Describe(pattern)}.",
                    node.Path,
                    element
                ) with
                {
                    Expected = Values.Describe(pattern),
                    Found = Shown(node),
                }
            );
    }

    private void ReportCode(FhirNode node, ElementSchema element, BindingModel binding, string code, string? unknown)
    {
        var severity = (unknown, binding.Strength) switch
        {
            (not null, _) => ValidationSeverity.Information,
            (_, "required") => Error,
            // Codes of other systems are what an extensible binding leaves room for; whether one of its own would do, only a person can say.
            (_, "extensible")
                when node.Text("system") is not { } system
                    || ValueSetSystems.Contains(run.Schemas.Definitions, binding.ValueSet!, system) =>
                ValidationSeverity.Warning,
            _ => ValidationSeverity.Information,
        };
        var rule = unknown is null ? RuleIds.Binding : RuleIds.Unchecked;
        if (severity >= ValidationSeverity.Warning)
            run.RefusedCodes.Add(node);
        if (!sink.Takes(node, severity, rule, binding.ValueSet))
            return;
        var message = unknown is null
            ? $"The code '{Short(code)}' is not in the value set."
            : $"The code '{Short(code)}' could not be checked: {unknown}.";
        var some = run.Terminology.Some(binding.ValueSet!, 11);
        sink.Add(
            node,
            Issue(severity, unknown is null ? "code-invalid" : "not-supported", rule, message, node.Path, element) with
            {
                Expected = some.Count is 0 or > 10
                    ? $"a code of {binding.ValueSet} ({binding.Strength})"
                    : $"{string.Join(", ", some.Select(concept => concept.Code))} of {binding.ValueSet} ({binding.Strength})",
                Found = Short(code),
                Hint = unknown is null
                    ? Nearest(code, some.Select(concept => concept.Code)) is { } near
                        ? $"Is {near} meant?"
                        : null
                    : "Load the package that defines it.",
            }
        );
    }

    private void ReportUnknownCode(FhirNode coding, string system, string code)
    {
        if (sink.Takes(coding, Error, RuleIds.Code))
            sink.Add(
                coding,
                Issue(
                    Error,
                    "code-invalid",
                    RuleIds.Code,
                    $"The system has no code '{Short(code)}'.",
                    coding.Path,
                    null
                ) with
                {
                    Expected = $"a code of {Short(system)}",
                    Found = Short(code),
                }
            );
    }

    private void ReportNoCoding(FhirNode node, ElementSchema element, BindingModel binding)
    {
        if (sink.Takes(node, Error, RuleIds.Binding, binding.ValueSet))
            sink.Add(
                node,
                Issue(
                    Error,
                    "code-invalid",
                    RuleIds.Binding,
                    $"{element.Name} has no code of the value set.",
                    node.Path,
                    element
                ) with
                {
                    Expected = $"a coding from {binding.ValueSet} (required)",
                    Found = "no coding with a code",
                }
            );
    }

    private void ReportDisplay(FhirNode display, string right)
    {
        if (sink.Takes(display, ValidationSeverity.Warning, RuleIds.Display))
            sink.Add(
                display,
                Issue(
                    ValidationSeverity.Warning,
                    "value",
                    RuleIds.Display,
                    "The display is not the code's.",
                    display.Path,
                    null
                ) with
                {
                    Expected = right,
                    Found = Shown(display),
                }
            );
    }

    private void ReportSliceClosed(FhirNode node, ElementSchema element, SliceSet slices)
    {
        if (sink.Takes(node, Error, RuleIds.SliceClosed))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.SliceClosed,
                    $"This {element.Name} is none of those that {element.Structure.Name} takes.",
                    node.Path,
                    element
                ) with
                {
                    Expected = string.Join(", ", slices.Slices.Select(slice => slice.Name)),
                    Found = Shown(node),
                }
            );
    }

    private void ReportSliceMin(FhirNode parent, ElementSchema element, SliceSchema slice, int count)
    {
        if (sink.Takes(parent, Error, RuleIds.SliceMin, $"{element.Name}:{slice.Name}"))
            sink.Add(
                parent,
                Issue(
                    Error,
                    "required",
                    RuleIds.SliceMin,
                    $"{element.Name} '{slice.Name}' is missing.",
                    $"{parent.Path}.{element.Name}",
                    slice.Element
                ) with
                {
                    Expected = $"at least {slice.Element.Min}",
                    Found = $"{count}",
                    Hint = HintOf(slice.Element),
                }
            );
    }

    private void ReportSliceMax(FhirNode node, SliceSchema slice, int count)
    {
        if (sink.Takes(node, Error, RuleIds.SliceMax))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    slice.Element.IsProhibited ? RuleIds.Prohibited : RuleIds.SliceMax,
                    $"{slice.Element.Name} '{slice.Name}' is there {count} times.",
                    node.Path,
                    slice.Element
                ) with
                {
                    Expected = $"at most {slice.Element.Max}",
                    Found = $"{count}",
                }
            );
    }

    private void ReportSliceOrder(FhirNode node, ElementSchema element, SliceSchema slice, SliceSet slices)
    {
        if (sink.Takes(node, Error, RuleIds.SliceOrder))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.SliceOrder,
                    $"{element.Name} '{slice.Name}' stands in the wrong place.",
                    node.Path,
                    slice.Element
                ) with
                {
                    Expected = $"in this order: {string.Join(", ", slices.Slices.Select(each => each.Name))}",
                }
            );
    }

    private void ReportUnknownExtension(FhirNode node, string url, bool isModifier)
    {
        var severity = isModifier ? Error : ValidationSeverity.Information;
        var rule = isModifier ? RuleIds.ModifierExtension : RuleIds.ExtensionUnknown;
        if (sink.Takes(node, severity, rule))
            sink.Add(
                node,
                Issue(
                    severity,
                    isModifier ? "extension" : "not-supported",
                    rule,
                    isModifier
                        ? "The modifier extension is not known, so the meaning of what it stands on is not."
                        : "The extension is not known, and was not checked.",
                    node.Path,
                    null
                ) with
                {
                    Found = Short(url),
                    Hint = "Load the package that defines it.",
                }
            );
    }

    private void ReportModifier(FhirNode node, StructureModel definition, bool isModifier)
    {
        if (sink.Takes(node, Error, RuleIds.ExtensionContext))
            sink.Add(
                node,
                new ValidationIssue(
                    Error,
                    "extension",
                    RuleIds.ExtensionContext,
                    isModifier
                        ? $"The extension {definition.Name} changes no meaning, so it is no modifierExtension."
                        : $"The extension {definition.Name} changes the meaning of what it stands on.",
                    node.Path
                )
                {
                    Profile = definition.Url,
                    Expected = isModifier ? "in extension" : "in modifierExtension",
                    Found = $"in {node.Name}",
                }
            );
    }

    private void ReportStrayType(FhirNode node)
    {
        if (sink.Takes(node, Error, RuleIds.UnknownElement, "resourceType"))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.UnknownElement,
                    $"resourceType is not an element of {node.Type ?? "this type"}.",
                    $"{node.Path}.resourceType",
                    null
                ) with
                {
                    Hint = "Only resources name their type.",
                }
            );
    }

    private void ReportExtensionContext(FhirNode node, StructureModel definition, string? invariant)
    {
        if (sink.Takes(node, Error, RuleIds.ExtensionContext))
            sink.Add(
                node,
                new ValidationIssue(
                    Error,
                    "extension",
                    RuleIds.ExtensionContext,
                    $"The extension {definition.Name} does not belong here.",
                    node.Path
                )
                {
                    Profile = definition.Url,
                    Expected = invariant is null
                        ? $"on {string.Join(", ", definition.Contexts.Select(context => context.Expression))}"
                        : $"where {invariant}",
                    Found = $"on {node.Parent?.ElementPath ?? node.Parent?.Name}",
                }
            );
    }

    private void ReportTargetType(FhirNode node, TypeSchema type, string found)
    {
        if (sink.Takes(node, Error, RuleIds.ReferenceType))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.ReferenceType,
                    $"{node.ElementName} may not refer to {Short(found)}.",
                    node.Path,
                    null
                ) with
                {
                    Expected = string.Join(
                        " or ",
                        type.Model.TargetProfiles.Select(target => target[(target.LastIndexOf('/') + 1)..])
                    ),
                    Found = Short(found),
                }
            );
    }

    private void ReportTargetProfile(FhirNode node, TypeSchema type)
    {
        if (sink.Takes(node, Error, RuleIds.ReferenceProfile))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.ReferenceProfile,
                    "The resource that is referred to does not meet the profile.",
                    node.Path,
                    null
                ) with
                {
                    Expected = string.Join(" or ", type.Model.TargetProfiles),
                    Hint = "Validate the resource against the profile to see why.",
                }
            );
    }

    private void ReportUnresolved(FhirNode node, string literal)
    {
        // A contained resource that is not there is ref-1, which runs as an invariant.
        if (!literal.StartsWith('#') && sink.Takes(node, ValidationSeverity.Warning, RuleIds.ReferenceUnresolved))
            sink.Add(
                node,
                Issue(
                    ValidationSeverity.Warning,
                    "not-found",
                    RuleIds.ReferenceUnresolved,
                    "No entry of the Bundle has this fullUrl.",
                    node.Path,
                    null
                ) with
                {
                    Expected = "the fullUrl of an entry",
                    Found = Short(literal),
                }
            );
    }

    private void ReportReferenceForm(FhirNode node, string expected)
    {
        if (sink.Takes(node, Error, RuleIds.ReferenceForm))
            sink.Add(
                node,
                Issue(Error, "structure", RuleIds.ReferenceForm, $"This must be {expected}.", node.Path, null) with
                {
                    Expected = expected,
                    Found = Short(node.Text("reference") ?? ""),
                }
            );
    }

    private void ReportFullUrl(FhirNode node, string type, string? id)
    {
        if (sink.Takes(node, Error, RuleIds.FullUrl))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.FullUrl,
                    "The fullUrl is not that of the resource.",
                    node.Path,
                    null
                ) with
                {
                    Expected = $"a URL that ends in {type}/{id}",
                    Found = Shown(node),
                }
            );
    }

    private void ReportUnknownProfile(FhirNode node, string canonical, ValidationSeverity severity)
    {
        if (!sink.Takes(node, severity, RuleIds.ProfileUnknown, canonical))
            return;
        var near = Nearest(canonical, run.Schemas.Definitions.StructureUrls);
        sink.Add(
            node,
            Issue(
                severity,
                "not-found",
                RuleIds.ProfileUnknown,
                $"The profile {Short(canonical)} is not at hand, and was not checked.",
                node.Path,
                null
            ) with
            {
                Found = Short(canonical),
                Hint = near is null ? "Load the package that defines it." : $"Is {near} meant?",
            }
        );
    }

    private void ReportProfileOfOtherType(FhirNode node, string canonical, StructureSchema schema, FhirNode resource)
    {
        if (sink.Takes(node, Error, RuleIds.ProfileUnknown, canonical))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.ProfileUnknown,
                    $"The profile {schema.Model.Name} is for {schema.Type}, and this is a {resource.ResourceType}.",
                    node.Path,
                    null
                ) with
                {
                    Profile = schema.Url,
                    Expected = schema.Type,
                    Found = resource.ResourceType,
                }
            );
    }

    private void ReportNoProfileMet(FhirNode node, TypeSchema type)
    {
        if (sink.Takes(node, Error, RuleIds.Profile))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Profile,
                    "None of the profiles is met, of which one must be.",
                    node.Path,
                    null
                ) with
                {
                    Expected = string.Join(" or ", type.Model.Profiles),
                }
            );
    }

    private void ReportOtherType(FhirNode node, StructureSchema schema)
    {
        if (sink.Takes(node, Error, RuleIds.ResourceType))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.ResourceType,
                    $"A {schema.Type} is expected here.",
                    node.Path,
                    schema.Root
                ) with
                {
                    Expected = schema.Type,
                    Found = node.ResourceType,
                }
            );
    }

    private void ReportNoType(FhirNode node)
    {
        if (sink.Takes(node, Error, RuleIds.ResourceType))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.ResourceType,
                    "The resource does not say its type.",
                    node.Path,
                    null
                ) with
                {
                    Expected = "resourceType, with the name of a resource type",
                }
            );
    }

    private void ReportUnknownType(FhirNode node, bool isRoot)
    {
        // Whether it is a type of R4 that is not at hand, or none at all.
        var exists =
            node.ResourceType is not ("Resource" or "DomainResource") && Targets.IsResource(node.ResourceType!);
        var severity = isRoot || !exists ? Error : ValidationSeverity.Warning;
        if (sink.Takes(node, severity, RuleIds.ResourceType))
            sink.Add(
                node,
                Issue(
                    severity,
                    exists ? "not-supported" : "structure",
                    RuleIds.ResourceType,
                    exists
                        ? $"The definition of {node.ResourceType} is not at hand, so it was not checked."
                        : $"{Short(node.ResourceType!)} is not a resource type of R4.",
                    node.Path,
                    null
                ) with
                {
                    Found = Short(node.ResourceType!),
                    Hint = exists ? "Load a package that holds it, such as the whole of hl7.fhir.r4.core." : null,
                }
            );
    }

    private void ReportResourceNotAllowed(FhirNode node, ElementSchema place)
    {
        if (sink.Takes(node, Error, RuleIds.Type))
            sink.Add(
                node,
                Issue(
                    Error,
                    "structure",
                    RuleIds.Type,
                    $"{place.Name} may not be a {Short(node.ResourceType!)} here.",
                    node.Path,
                    place
                ) with
                {
                    Expected = string.Join(" or ", place.Types.Select(type => type.Code)),
                    Found = Short(node.ResourceType!),
                }
            );
    }

    private void ReportBroken(FhirNode node, Constraint constraint)
    {
        var severity = constraint.Model.IsWarning ? ValidationSeverity.Warning : Error;
        if (sink.Takes(node, severity, constraint.Key))
            sink.Add(
                node,
                new ValidationIssue(severity, "invariant", constraint.Key, constraint.Model.Human, node.Path)
                {
                    Profile = constraint.Profile,
                    RuleText = constraint.Model.Human,
                    Expected = constraint.Model.Expression,
                    Found = node.Value is null ? null : Shown(node),
                }
            );
    }

    private void ReportUnevaluated(FhirNode node, Constraint constraint, string problem)
    {
        if (sink.Takes(node, ValidationSeverity.Warning, RuleIds.InvariantUnevaluated, constraint.Key))
            sink.Add(
                node,
                new ValidationIssue(
                    ValidationSeverity.Warning,
                    "not-supported",
                    RuleIds.InvariantUnevaluated,
                    $"The rule {constraint.Key} could not be checked: {Short(problem)}.",
                    node.Path
                )
                {
                    Profile = constraint.Profile,
                    RuleText = constraint.Model.Human,
                    Expected = constraint.Model.Expression,
                }
            );
    }

    private static ValidationIssue Issue(
        ValidationSeverity severity,
        string code,
        string rule,
        string message,
        string place,
        ElementSchema? element
    ) => new(severity, code, rule, message, place) { Profile = element?.Structure.Url };

    /// <summary>What to write, where the definition leaves no choice.</summary>
    private static string? HintOf(ElementSchema element) =>
        (element.Model.Fixed ?? element.Model.Pattern) is { } value ? $"Add it with {Values.Describe(value)}." : null;

    private static string Describe(FhirValueForm form) =>
        form switch
        {
            FhirValueForm.Boolean => "true or false, without quotes",
            FhirValueForm.Number => "a number, without quotes",
            _ => "a string, in quotes",
        };

    private static string FormOf(FhirNode node) =>
        node.Form switch
        {
            FhirValueForm.Null => "null",
            FhirValueForm.Array => "a list in a list",
            FhirValueForm.Text => "a string",
            FhirValueForm.Number => "a number",
            FhirValueForm.Boolean => "true or false",
            FhirValueForm.Attribute => "a value",
            _ => node.IsObject ? "an object" : "no value",
        };

    private static string Shown(FhirNode node) => Short(node.Value ?? Values.Describe(node));

    private static string Short(string text)
    {
        if (text.Length <= LongestFound)
            return text;
        var end = char.IsHighSurrogate(text[LongestFound - 1]) ? LongestFound - 1 : LongestFound;
        return $"{text[..end]}...";
    }

    /// <summary>A name so near to what was written that it may be meant; null when there is none.</summary>
    private static string? Nearest(string written, IEnumerable<string> names)
    {
        if (written.Length > LongestFound)
            return null;
        string? best = null;
        var least = Math.Max(1, written.Length / 4) + 1;
        foreach (var name in names.Take(2_000))
            if (
                Math.Abs(name.Length - written.Length) < least
                && Spelling.Distance(written, name) is var distance
                && distance < least
            )
                (best, least) = (name, distance);
        return best;
    }
}
