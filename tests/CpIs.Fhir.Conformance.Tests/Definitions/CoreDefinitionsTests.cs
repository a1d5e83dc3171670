using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

public sealed class CoreDefinitionsTests
{
    [Fact]
    [Trait(Proof.Long, "true")]
    public void The_committed_file_is_what_the_command_makes_of_the_package()
    {
        var resources = CorePackage.Read().Resources.Select(resource => resource.Json).ToList();

        var (made, count) = CoreDefinitionsWriter.WriteText(resources);

        // Compared before compression, whose bytes are the runtime's affair.
        made.AsSpan()
            .SequenceEqual(CoreDefinitions.Text())
            .Should()
            .BeTrue("`cpis profiles core` must be run when the format or the package changes");
        count.Should().BeGreaterThan(1_400);
        resources.Reverse();
        CoreDefinitionsWriter
            .WriteText(resources)
            .Text.AsSpan()
            .SequenceEqual(made)
            .Should()
            .BeTrue("order is no matter");
    }

    [Fact]
    [Trait(Proof.Long, "true")]
    public void Each_definition_reads_the_same_from_the_slim_file_as_from_the_published_one()
    {
        var package = CorePackage.Read();
        var slim = new DefinitionSet(CoreDefinitions.Load());
        var published = new DefinitionSet(DefinitionLayer.Of(package.Resources.Select(resource => resource.Json)));
        var compared = 0;

        foreach (var resource in package.Resources.Where(r => r.Url is not null))
            switch (resource.ResourceType)
            {
                case "StructureDefinition":
                    Same(slim.FindStructure(resource.Url!), published.FindStructure(resource.Url!), resource);
                    break;
                case "ValueSet" when slim.FindValueSet(resource.Url!) is { } set:
                    Same(set, published.FindValueSet(resource.Url!), resource);
                    break;
                case "CodeSystem" when slim.FindCodeSystem(resource.Url!) is { } system:
                    Same(system, published.FindCodeSystem(resource.Url!), resource);
                    break;
            }

        compared.Should().Be(CoreDefinitions.Load().Entries.Count);

        void Same<T>(T? own, T? theirs, PackageResource resource)
            where T : class
        {
            own.Should().NotBeNull(resource.Path);
            ModelText.Of(own).Should().Be(ModelText.Of(theirs), resource.Path);
            compared++;
        }
    }

    /// <summary>A look at the published JSON that shares nothing with the reader.</summary>
    [Fact]
    [Trait(Proof.Long, "true")]
    public void Models_hold_what_the_published_json_says()
    {
        var set = new DefinitionSet(CoreDefinitions.Load());
        var elements = 0;

        foreach (var resource in CorePackage.Read().Resources.Where(r => r.ResourceType == "StructureDefinition"))
        {
            using var json = JsonDocument.Parse(resource.Json);
            var published = json.RootElement.GetProperty("snapshot").GetProperty("element").EnumerateArray().ToList();
            var model = set.FindStructure(resource.Url!)!;

            model.Elements.Select(Line).Should().Equal(published.Select(Line), resource.Path);
            elements += published.Count;
        }

        elements.Should().BeGreaterThan(10_000);
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|4.0.1")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|4.0")]
    public void A_core_type_is_found_with_and_without_version(string canonical)
    {
        var set = DefinitionSet.CoreAndOurs();

        var flag = set.FindStructure(canonical);

        flag!.Type.Should().Be("Flag");
        flag.Should().BeSameAs(set.FindStructure("http://hl7.org/fhir/StructureDefinition/Flag"));
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|5.0.0")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|4.0.10")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|4.0.1.1")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/Flag|")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/flag")]
    [InlineData("")]
    public void Another_version_and_another_name_are_not_found(string canonical) =>
        DefinitionSet.CoreAndOurs().FindStructure(canonical).Should().BeNull();

    [Fact]
    public void The_types_of_primitive_values_are_fhir_types()
    {
        var set = new DefinitionSet(CoreDefinitions.Load());

        Element(set, "Extension", "Extension.url").Types.Single().Code.Should().Be("uri");
        Element(set, "Patient", "Patient.id").Types.Single().Code.Should().Be("string");
        Element(set, "boolean", "boolean.value").Types.Single().Code.Should().Be("boolean");
        Element(set, "Parameters", "Parameters.parameter.part").ContentReference.Should().Be("Parameters.parameter");
    }

    [Fact]
    public void Arrays_maximum_value_sets_advice_and_fixed_values_are_read()
    {
        var set = new DefinitionSet(CoreDefinitions.Load());

        Element(set, "Patient", "Patient.name").IsArray.Should().BeTrue();
        Element(set, "Patient", "Patient.birthDate").IsArray.Should().BeFalse();
        Element(set, "Flag", "Flag.language")
            .Binding.Should()
            .Be(
                new BindingModel(
                    "preferred",
                    "http://hl7.org/fhir/ValueSet/languages",
                    "http://hl7.org/fhir/ValueSet/all-languages"
                )
            );
        Element(set, "Patient", "Patient").Constraints.Single(c => c.Key == "dom-6").IsBestPractice.Should().BeTrue();
        var url = Element(set, "flag-detail", "Extension.url");
        url.Fixed!.Value.Should().Be("http://hl7.org/fhir/StructureDefinition/flag-detail");
        url.Fixed.Parent.Should().BeNull("a value must not keep its whole definition in memory");
        url.ValueType.Should().Be("uri");
        set.FindStructure("http://hl7.org/fhir/StructureDefinition/flag-detail")!
            .Contexts.Should()
            .Equal(new ContextModel("element", "Flag"));
    }

    private static ElementModel Element(DefinitionSet set, string type, string id) =>
        set.FindStructure("http://hl7.org/fhir/StructureDefinition/" + type)!.Elements.Single(e => e.Id == id);

    private static string Line(ElementModel element) =>
        string.Join(
            ' ',
            element.Id,
            element.Path,
            element.SliceName,
            element.Min,
            element.Max?.ToString() ?? "*",
            element.Types.Count,
            string.Join(',', element.Types.SelectMany(type => type.Profiles.Concat(type.TargetProfiles))),
            element.Binding?.Strength,
            element.Binding?.ValueSet,
            string.Join(',', element.Constraints.Select(c => c.Key + c.IsWarning + c.Expression + c.Human)),
            element.IsModifier,
            element.MustSupport,
            element.Slicing?.Rules,
            element.MaxLength,
            element.Fixed?.Value
        );

    private static string Line(JsonElement element) =>
        string.Join(
            ' ',
            Text(element, "id"),
            Text(element, "path"),
            Text(element, "sliceName"),
            Text(element, "min"),
            Text(element, "max"),
            List(element, "type").Length,
            string.Join(
                ',',
                List(element, "type")
                    .SelectMany(t => List(t, "profile").Concat(List(t, "targetProfile")))
                    .Select(t => t.GetString())
            ),
            element.TryGetProperty("binding", out var binding) ? Text(binding, "strength") : null,
            binding.ValueKind == JsonValueKind.Object ? Text(binding, "valueSet") : null,
            string.Join(
                ',',
                List(element, "constraint")
                    .Select(c =>
                        Text(c, "key") + (Text(c, "severity") == "warning") + Text(c, "expression") + Text(c, "human")
                    )
            ),
            Text(element, "isModifier") ?? "False",
            Text(element, "mustSupport") ?? "False",
            element.TryGetProperty("slicing", out var slicing) ? Text(slicing, "rules") : null,
            Text(element, "maxLength"),
            element
                .EnumerateObject()
                .Where(property => property.Name.StartsWith("fixed", StringComparison.Ordinal))
                .Select(property =>
                    property.Value.ValueKind switch
                    {
                        JsonValueKind.String => property.Value.GetString(),
                        JsonValueKind.Object => null, // its parts are in the model's node
                        _ => property.Value.GetRawText(),
                    }
                )
                .SingleOrDefault()
        );

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static JsonElement[] List(JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];
}
