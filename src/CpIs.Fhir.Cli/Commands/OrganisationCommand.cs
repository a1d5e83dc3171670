using System.CommandLine;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Commands;

internal static class OrganisationCommand
{
    private const string Path = "/admin/organisations";

    public static Command Create(Tool tool) =>
        new ToolCommand("org", "Register organisations with the exchange, as its operator.")
        {
            Add(tool),
            tool.Runs(
                new ToolCommand(
                    "list",
                    "Show every registered organisation.",
                    "cpis org list --client examples/clients/operator.json"
                ),
                (run, cancellation) =>
                    AdminList.ShowAsync(
                        run,
                        Path,
                        [
                            ("ODS", "ods"),
                            ("Name", "name"),
                            ("Kind", "kind"),
                            ("Setting", "settingKind"),
                            ("Modes", "modeRights"),
                            ("Office", "officePhone"),
                            ("Emergency duty", "emergencyDutyPhone"),
                            ("Uploads", "uploads"),
                            ("Suspended", "suspended"),
                        ],
                        cancellation
                    )
            ),
            AdminChange.Switch(
                tool,
                "suspend",
                "Suspend an organisation: its clients can do nothing any more. Its records stay.",
                "ODS",
                Path,
                "cpis org suspend XHF01 --client examples/clients/operator.json"
            ),
            AdminChange.Switch(
                tool,
                "restore",
                "Undo a suspension.",
                "ODS",
                Path,
                "cpis org restore XHF01 --client examples/clients/operator.json"
            ),
        };

    private static Command Add(Tool tool)
    {
        var ods = new Argument<string>("ODS") { Description = "ODS code, 3 to 12 capital letters and digits." };
        var name = new Option<string>("--name") { Description = "The name that people read.", Required = true };
        var kind = KindOption();
        var office = new Option<string?>("--office-phone") { Description = "An authority's office-hours phone." };
        var duty = new Option<string?>("--emergency-phone")
        {
            Description = "An authority's emergency duty phone; every authority has one.",
        };
        var uploads = new Option<string?>("--uploads")
        {
            Description =
                "Days for which an authority uploads, by which a missing upload is found: daily, weekdays (without this option), none, or days such as mon,wed,fri.",
            HelpName = "DAYS",
        };
        uploads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !UploadCalendar.TryParse(text, out _))
                result.AddError($"--uploads must be {UploadCalendar.Allowed}.");
        });
        var setting = new Option<string?>("--setting-kind")
        {
            Description = "A setting's kind, such as emergency-department.",
        };
        var mode = new Option<string[]>("--mode")
        {
            Description = "A mode in which a setting can look children up; can be given twice.",
            AllowMultipleArgumentsPerToken = true,
        };
        mode.AcceptOnlyFromAmong("unscheduled", "scheduled");
        var command = new ToolCommand(
            "add",
            "Register an organisation, or change its registration.",
            "cpis org add XHF01 --kind authority --name \"Harefordshire Council\" --emergency-phone \"01632 960001\"",
            "cpis org add XED01 --kind setting --name \"St Elsewhere ED\" --setting-kind emergency-department --mode unscheduled"
        )
        {
            ods,
            name,
            kind,
            office,
            duty,
            uploads,
            setting,
            mode,
        };
        command.Validators.Add(result =>
        {
            var given = result.GetValue(kind);
            if (given == "authority" && result.GetValue(duty) is null)
                result.AddError("An authority needs --emergency-phone.");
            if (given == "setting" && result.GetValue(mode) is null or { Length: 0 })
                result.AddError("A setting needs --mode unscheduled, --mode scheduled, or both.");
        });
        return tool.Runs(
            command,
            (run, cancellation) =>
            {
                var body = new JsonObject { ["name"] = run.Get(name), ["kind"] = run.Get(kind) };
                Set(body, "officePhone", run.Get(office));
                Set(body, "emergencyDutyPhone", run.Get(duty));
                Set(body, "uploads", run.Get(uploads));
                Set(body, "settingKind", run.Get(setting));
                if (run.Get(mode) is { Length: > 0 } modes)
                    body["modeRights"] = new JsonArray([
                        .. modes.Distinct().Select(m => (JsonNode)JsonValue.Create(m)),
                    ]);
                return AdminChange.SendAsync(
                    run,
                    HttpMethod.Put,
                    $"{Path}/{Uri.EscapeDataString(run.Get(ods))}",
                    body,
                    $"{run.Get(ods)} registered",
                    cancellation
                );
            }
        );
    }

    /// <summary><c>--kind</c>, the same for organisations, clients and key files.</summary>
    internal static Option<string> KindOption()
    {
        var kind = new Option<string>("--kind")
        {
            Description = "What the organisation does in CP-IS.",
            Required = true,
        };
        kind.AcceptOnlyFromAmong("authority", "setting", "tester", "operator");
        return kind;
    }

    private static void Set(JsonObject body, string name, string? value)
    {
        if (value is not null)
            body[name] = value;
    }
}
