using System.Text.Json;
using Spectre.Console;

namespace CpIs.Fhir.Server.Demo;

/// <summary>What the demo shows a person: each step with its request and answer in short, always marked as synthetic.</summary>
internal sealed class DemoScreen(IAnsiConsole console)
{
    private int _step;

    /// <summary>The console; a file or a pipe has no width, so nothing is wrapped there.</summary>
    public static IAnsiConsole OpenConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = 400;
        return console;
    }

    /// <summary>The first words, before anything is opened: a newcomer must not look at an empty window.</summary>
    public static void Starting() => Console.WriteLine("CpIs.Fhir demo: starting. SYNTHETIC DATA ONLY.");

    public void Begin(string url) =>
        console.Write(
            new Panel(
                $"[bold]CpIs.Fhir demo[/] on {url}\n[yellow]SYNTHETIC DATA ONLY: nobody shown here exists. Not approved for real data.[/]"
            ).RoundedBorder()
        );

    /// <summary>The next step of the main job.</summary>
    public void Step(string title) => console.MarkupLine($"\n[bold blue]{++_step}[/] [bold]{Markup.Escape(title)}[/]");

    /// <summary>A request and how it was answered.</summary>
    public void Exchange(string request, DemoAnswer answer) =>
        console.MarkupLine(
            $"  [grey]{Markup.Escape(request)}[/] -> [green]{answer.Status}[/] in {answer.Took.TotalMilliseconds:F0} ms"
        );

    public void Line(string text) => console.MarkupLine("  " + Markup.Escape(text));

    public Task ProgressAsync(string title, int total, Func<Action, Task> work) =>
        console
            .Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("  " + title, maxValue: total);
                await work(() => task.Increment(1));
            });

    /// <summary>What a clinician would see of the answer to a look-up.</summary>
    public void LookUp(JsonElement bundle)
    {
        foreach (var entry in bundle.GetProperty("entry").EnumerateArray())
        {
            var resource = entry.GetProperty("resource");
            switch (resource.GetProperty("resourceType").GetString())
            {
                case "Flag":
                    var period = resource.GetProperty("period");
                    var end = period.TryGetProperty("end", out var last) ? $" to {last.GetString()}" : "";
                    Line(
                        $"{resource.GetProperty("code").GetProperty("coding")[0].GetProperty("display").GetString()}, {period.GetProperty("start").GetString()}{end} (synthetic)"
                    );
                    break;
                case "Organization":
                    var phones = resource.GetProperty("telecom").EnumerateArray().Select(Phone);
                    Line($"{resource.GetProperty("name").GetString()}: {string.Join(", ", phones)}");
                    break;
                case "AuditEvent":
                    Line($"accessed {resource.GetProperty("recorded").GetString()} by {Who(resource)}");
                    break;
            }
        }
    }

    /// <summary>How to do it again by hand: another child and another person, so that the next notice really comes.</summary>
    public void Again(string root, string fhirBase, string nhsNumber)
    {
        // Not through the console's word wrap: what is printed here is copied and pasted.
        var lines = console.Profile.Out.Writer;
        console.MarkupLine(
            "\n[bold]Now by hand[/] [grey](another child, another person; the notice appears in this window). The README installs cpis.[/]\n"
        );
        lines.WriteLine($"cpis lookup {nhsNumber} --client examples/clients/hareford-ed-nurse.json --server {root}");
        lines.WriteLine($"cpis accesses --client examples/clients/authority-xhf01.json --server {root}");
        lines.WriteLine($"TOKEN=$(cpis token --client examples/clients/hareford-ed-nurse.json --server {root})");
        lines.WriteLine(
            $$"""curl -s '{{fhirBase}}/Patient/$child-protection' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/fhir+json' -d '{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{nhsNumber}}"}]}'"""
        );
        console.MarkupLine("\n[grey]Serving until Ctrl+C.[/]");
    }

    public void Problem(string text) => console.MarkupLine($"[red]The demo stopped:[/] {Markup.Escape(text)}");

    private static string Phone(JsonElement telecom) =>
        $"{(telecom.GetProperty("use").GetString() == "mobile" ? "emergency duty" : "office")} {telecom.GetProperty("value").GetString()}";

    private static string Who(JsonElement accessed)
    {
        var agents = accessed.GetProperty("agent").EnumerateArray().ToList();
        var person = agents.Find(a => a.TryGetProperty("name", out _));
        var organisation = agents.Find(a => a.GetProperty("who").TryGetProperty("display", out _));
        return $"{person.GetProperty("name").GetString()}, {person.GetProperty("role")[0].GetProperty("coding")[0].GetProperty("display").GetString()}, {organisation.GetProperty("who").GetProperty("display").GetString()}";
    }
}
