using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Core.Restores;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>What a command says of the step after a restore: for the operator, and for the operator to tell each authority.</summary>
internal static class RestoredReport
{
    public static void Tell(Report report, string store, RestoreOutcome outcome)
    {
        report.Object(ToJson(store, outcome));
        report.Line(
            outcome.IsNew
                ? $"{store}: epoch {outcome.Epoch}. Event numbers have jumped; servers may start."
                : $"nothing to do: nothing has been numbered in {store} since this was done (epoch {outcome.Epoch}). If the same backup was restored once more, use --again."
        );
        report.Table(
            ["Authority", "Subscription", "Last number kept", "Next number", "What to do"],
            [
                .. outcome.Subscriptions.Select(jump =>
                    (IReadOnlyList<string>)
                        [
                            jump.Authority.Value,
                            jump.SubscriptionId,
                            Number(jump.LastKept),
                            Number(jump.Next),
                            WhatToDo(jump),
                        ]
                ),
                .. outcome.Lost.Select(lost =>
                    (IReadOnlyList<string>)[lost.Authority, lost.Id, "", "", WhatToDo(lost)]
                ),
            ]
        );
        if (outcome.Subscriptions.Count == 0)
            return;
        report.Line(
            "Tell each authority its line. Numbers in its range were given between the backup and the restore, or to nothing."
        );
        report.Line("The exchange no longer holds what they told of. What it still owes is sent when a server starts.");
    }

    private static JsonObject ToJson(string store, RestoreOutcome outcome) =>
        new()
        {
            ["outcome"] = outcome.IsNew ? "restored" : "nothing-to-do",
            ["store"] = store,
            ["epoch"] = outcome.Epoch,
            ["subscriptions"] = new JsonArray([
                .. outcome.Subscriptions.Select(jump => new JsonObject
                {
                    ["authority"] = jump.Authority.Value,
                    ["subscription"] = jump.SubscriptionId,
                    ["lastKept"] = jump.LastKept,
                    ["next"] = jump.Next,
                    ["gap"] = new JsonObject
                    {
                        ["first"] = jump.Gap.First,
                        ["last"] = jump.Gap.Last,
                        ["told"] = jump.Gap.Told.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                    },
                    ["whatToDo"] = WhatToDo(jump),
                }),
            ]),
            ["lost"] = new JsonArray([
                .. outcome.Lost.Select(lost => new JsonObject
                {
                    ["authority"] = lost.Authority,
                    ["subscription"] = lost.Id,
                    ["last"] = lost.Last,
                    ["whatToDo"] = WhatToDo(lost),
                }),
            ]),
        };

    private static string WhatToDo(NumberingJump jump) =>
        $"read again its own notices numbered {Number(jump.Gap.First)} to {Number(jump.Gap.Last)}; expect {Number(jump.Next)} next";

    private static string WhatToDo(MarkedSubscription lost) =>
        $"subscribe again: this backup does not know the Subscription, which was given numbers up to {Number(lost.Last)}";

    /// <summary>As a notice writes it, so that it can be found.</summary>
    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
