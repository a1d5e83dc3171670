using System.CommandLine;
using System.Globalization;
using CpIs.Fhir.Cli.Forms;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis child</c>: changes one plan of one child by form, or protects the child.</summary>
internal static class ChildCommand
{
    private const string Today = "today";

    public static Command Create(Tool tool) =>
        new ToolCommand("child", "Add, end or withdraw a plan of a child now, or protect the child, as an authority.")
        {
            ChildAddCommand.Create(tool),
            End(tool),
            Withdraw(tool),
            ChildProtectionCommands.Protect(tool),
            ChildProtectionCommands.Unprotect(tool),
        };

    private static Command End(Tool tool)
    {
        var on = new Option<string>("--on")
        {
            Description =
                "Its last day; of an unborn plan the day of birth or end of the pregnancy. Not in the future.",
            Required = true,
            HelpName = "YYYY-MM-DD|today",
        };
        on.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text and not Today && Day(text) is null)
                result.AddError("--on must be a day, such as 2026-11-23, or today.");
        });
        var command = new ToolCommand(
            "end",
            "End a plan: it was right, and is over. It is still shown for a time, as ended.",
            "cpis child end 9990000018 --on 2026-11-20 --client examples/clients/authority-xhf01-worker.json",
            "cpis child end 9990000018 --plan CPP-0001 --on today --yes"
        )
        {
            on,
        };
        return Changing(
            tool,
            command,
            ["active"],
            "finished",
            run => new PlanChange(
                "end",
                "ended",
                "finished",
                Day(run.Get(on)!) ?? LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow())
            )
        );
    }

    private static Command Withdraw(Tool tool) =>
        Changing(
            tool,
            new ToolCommand(
                "withdraw",
                "Withdraw a plan: it was sent by mistake. No answer shows it any more.",
                "cpis child withdraw 9990000018 --client examples/clients/authority-xhf01-worker.json",
                "cpis child withdraw 9990000018 --plan CPP-0001 --yes"
            )
            {
                Details =
                    "A withdrawn plan does not come back, and its plan id stays used. To send it again, give it a new plan id.",
            },
            ["active", "finished"],
            "entered-in-error",
            _ => new PlanChange("withdraw", "withdrawn", "entered-in-error", null)
            {
                Caution = "A withdrawn plan does not come back: to send it again, it needs a new plan id.",
            }
        );

    private static Command Changing(
        Tool tool,
        ToolCommand command,
        IReadOnlyList<string> statuses,
        string changed,
        Func<Run, PlanChange> change
    )
    {
        var choice = new PlanChoice();
        choice.AddTo(command);
        var sender = new FormSender();
        sender.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = sender.Connect(run);
                var plan = await choice.FindAsync(run, new Searches(exchange), statuses, changed, cancellation);
                return await change(run).MakeAsync(run, exchange, plan, sender, cancellation);
            }
        );
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
