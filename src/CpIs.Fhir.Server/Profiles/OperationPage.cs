using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of an operation: how it is called, and with what.</summary>
internal sealed class OperationPage(Artefact artefact, ArtefactLinks links)
{
    /// <summary>The page.</summary>
    public Html Markup
    {
        get
        {
            var operation = artefact.Read();
            return Html.Of(
                $"""
                {ArtefactHead.Of(artefact, ("Called at", Html.Join(Addresses(operation))))}
                <h2 class="nhsuk-heading-m">Parameters</h2>
                {Parameters(operation, "in", "What is sent")}
                {Parameters(operation, "out", "What comes back")}
                """
            );
        }
    }

    // Of an operation on any Resource: on those types that offer it here.
    private static IEnumerable<Html> Addresses(JsonElement operation)
    {
        var named = operation.Texts("resource").ToList();
        var code = operation.Text("code");
        foreach (var resource in CapabilityTable.Resources.Where(r => r.Operations.Any(o => o.Name == code)))
        {
            if (!named.Contains("Resource") && !named.Contains(resource.Type))
                continue;
            if (operation.IsTrue("type"))
                yield return Html.Of($"{ArtefactHead.Code($"{resource.Type}/${code}")}<br>");
            if (operation.IsTrue("instance") && resource.IsVersioned)
                yield return Html.Of($"{ArtefactHead.Code($"{resource.Type}/[id]/${code}")}<br>");
        }
    }

    private Html Parameters(JsonElement operation, string use, string caption) =>
        new PageTable(
            caption,
            ["Parameter", "How often", "Type", "What it is"],
            [
                .. operation
                    .Items("parameter")
                    .Where(parameter => parameter.Text("use") == use)
                    .SelectMany(parameter => Rows(parameter, "")),
            ]
        ).Markup;

    private IEnumerable<PageRow> Rows(JsonElement parameter, string above)
    {
        var name = above + parameter.Text("name");
        yield return new PageRow(
            ArtefactHead.Code(name),
            Html.Of($"{parameter.Number("min") ?? 0}..{parameter.Text("max")}"),
            Html.Of($"{parameter.Text("type") ?? "parts"}"),
            Html.Of($"{parameter.Text("documentation")}{Binding(parameter)}")
        );
        foreach (var row in parameter.Items("part").SelectMany(part => Rows(part, name + ".")))
            yield return row;
    }

    private Html Binding(JsonElement parameter) =>
        parameter.TryGetProperty("binding", out var binding) && binding.Text("valueSet") is { } valueSet
            ? Html.Of($"<p>Codes from {links.Canonical(valueSet)} ({binding.Text("strength")})</p>")
            : Html.None;
}
