using System.CommandLine;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis children</c>: the people of whom an authority holds a plan.</summary>
internal static class ChildrenCommand
{
    private static readonly RecordList List = new(
        "Patient",
        "children",
        HeldChild.Headings,
        (_, page, _) => Task.FromResult<IReadOnlyList<IRow>>([.. page.Resources.Select(HeldChild.Of)])
    );

    public static Command Create(Tool tool)
    {
        var common = new ListOptions();
        var family = Text("--family", "Only whose family name begins so; case and accents make no difference.");
        var given = Text("--given", "Only with a given name that begins so.");
        var born = DateOption.Of("--born", "Only born on that day, or in that month or year.");
        var command = new ToolCommand(
            "children",
            "Show the people of whom you hold a plan, as an authority, the latest change first.",
            "cpis children --client examples/clients/authority-xhf01.json",
            "cpis children --family Fernwood --born 2019",
            "echo 9990000018 | cpis children --nhs-number - --json"
        )
        {
            family,
            given,
            born,
        };
        common.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var parameters = (await common.ChildAsync(run, "identifier", cancellation)).ToList();
                if (run.Get(family) is { } familyName)
                    parameters.Add(("family", SearchValue.Escape(familyName)));
                if (run.Get(given) is { } givenName)
                    parameters.Add(("given", SearchValue.Escape(givenName)));
                if (run.Get(born) is { } day)
                    parameters.Add(("birthdate", day));
                parameters.Add(("_sort", "-_lastUpdated"));
                return await List.ShowAsync(run, parameters, common.Most(run), cancellation);
            }
        );
    }

    private static Option<string?> Text(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT" };
}
