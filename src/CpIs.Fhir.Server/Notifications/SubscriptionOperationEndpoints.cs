using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Worklists;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>
/// Operations on one Subscription, for the authority that owns it: <c>$events</c> fetches, <c>$acknowledge</c> takes, <c>$attempts</c> shows what was
/// tried, <c>$test</c> tries now, <c>$resend</c> sends once more.
/// </summary>
internal static class SubscriptionOperationEndpoints
{
    private const string IdRoute = "/Subscription/{id:fhirid}";

    private static readonly string[] GetOrPost = [HttpMethods.Get, HttpMethods.Post];

    private static readonly ParameterTable Events = new(
        "parameter of $events",
        [
            new("eventsSinceNumber", ParameterKind.Number) { IsOnce = true },
            new("eventsUntilNumber", ParameterKind.Number) { IsOnce = true },
            new("content", ParameterKind.Code) { IsOnce = true, Allowed = ["empty", "id-only", "full-resource"] },
            new("wait", ParameterKind.Number) { IsOnce = true },
            new("_count", ParameterKind.Number) { IsOnce = true },
        ]
    );

    private static readonly ParameterTable Attempts = new(
        "parameter of $attempts",
        [new("_count", ParameterKind.Number) { IsOnce = true }]
    );

    private static readonly ParameterTable Range = new(
        "parameter of $resend",
        [new("first", ParameterKind.Number) { IsOnce = true }, new("last", ParameterKind.Number) { IsOnce = true }]
    );

    private static readonly ParameterTable None = ParameterTable.Plain("$test");

    public static void MapSubscriptionOperations(this IEndpointRouteBuilder fhir)
    {
        var reader = Guest.Authority("system/Subscription.r");
        var writer = Guest.Authority("system/Subscription.u");
        fhir.MapMethods(IdRoute + "/$events", GetOrPost, EventsAsync).Admit(reader);
        fhir.MapMethods(IdRoute + "/$attempts", GetOrPost, AttemptsAsync).Admit(reader);
        fhir.MapPost(IdRoute + "/$resend", ResendAsync).Admit(writer);
        fhir.MapPost(IdRoute + "/$test", TestAsync).Admit(writer);
        fhir.MapGroup("")
            .TakesOnlyAnswerParameters("an acknowledgement")
            .MapPost(IdRoute + "/$acknowledge", AcknowledgeAsync)
            .Admit(Guest.Authority("system/$acknowledge"));
    }

    private static async Task<IResult> EventsAsync(
        HttpContext context,
        SubscriptionEvents events,
        RecordedReads reads,
        ExchangeUrls urls,
        IHostApplicationLifetime lifetime,
        string id
    )
    {
        if (
            (await SearchInput.ReadOperationAsync(context)).IsRefused(out var refusal, out var sent)
            || ParameterReader.Read(Events, sent).IsRefused(out refusal, out var asked)
            || AskedOf(asked).IsRefused(out refusal, out var wanted)
        )
            return FhirResults.Refused(refusal);
        if (
            wanted.Content == PayloadContent.FullResource
            && Guest.Authority("system/AuditEvent.r").Check(context.Caller()) is { } forbidden
        )
            return FhirResults.Refused(forbidden);
        var path = $"Subscription/{id}/$events";
        return (
            await events.ReadAsync(
                context.Caller(),
                id,
                wanted,
                $"{urls.FhirBase}/{path}{context.Request.QueryString}",
                urls.FhirBase,
                accesses =>
                    reads.RecordAsync(
                        ReadViews.Of(
                            context,
                            path,
                            sent,
                            [.. accesses.Select(access => ($"AuditEvent/{access.Id}", access.Child))]
                        ),
                        context.RequestAborted
                    ),
                lifetime.ApplicationStopping,
                context.RequestAborted
            )
        ).IsRefused(out refusal, out var bundle)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(bundle);
    }

    private static Result<EventsAsked> AskedOf(AskedParameters asked)
    {
        if (
            NumberOf(asked, "eventsSinceNumber", 1).IsRefused(out var refusal, out var first)
            || NumberOf(asked, "eventsUntilNumber", long.MaxValue).IsRefused(out refusal, out var last)
            || NumberOf(asked, "wait", 0).IsRefused(out refusal, out var wait)
        )
            return refusal;
        var count = Math.Min(asked.Count(SubscriptionEvents.MostEvents), SubscriptionEvents.MostEvents);
        if (count == 0)
            return asked.Of("_count").First().Refuse($"The value must be 1 to {SubscriptionEvents.MostEvents}.");
        if (wait > SubscriptionEvents.LongestWait.TotalSeconds)
            return asked
                .Of("wait")
                .First()
                .Refuse($"The value must be 0 to {SubscriptionEvents.LongestWait.TotalSeconds} seconds.");
        PayloadContent? content = asked.Code("content") switch
        {
            "empty" => PayloadContent.Empty,
            "id-only" => PayloadContent.IdOnly,
            "full-resource" => PayloadContent.FullResource,
            _ => null,
        };
        return new EventsAsked(Math.Max(1, first), last, content, count, TimeSpan.FromSeconds(wait));
    }

    private static async Task<IResult> AttemptsAsync(
        HttpContext context,
        SubscriptionService subscriptions,
        AttemptLedger ledger,
        Paging pages,
        BundleOptions options,
        string id
    )
    {
        var path = $"Subscription/{id}/$attempts";
        if (
            (await pages.OpenOperationAsync(context, path, Attempts)).IsRefused(out var refusal, out var opened)
            || (await subscriptions.ReadAsync(context.Caller(), id, null, context.RequestAborted)).IsRefused(
                out refusal,
                out _
            )
        )
            return FhirResults.Refused(refusal);
        var count = Math.Max(1, opened.Asked.Count(options.DefaultCount));
        var found = await ledger.ReadAsync(id, opened.Search.After, count + 1, context.RequestAborted);
        var page = found.Take(count).ToList();
        var next = found.Count > count ? new PagePosition(page[^1].Time, page[^1].Id) : null;
        return FhirResults.Resource(Write(page, pages.LinkTo(context, opened.Search, next)));
    }

    private static byte[] Write(List<DeliveryAttempt> attempts, string? next)
    {
        using var parameters = new ParametersWriter();
        foreach (var attempt in attempts)
            parameters
                .Begin("attempt")
                .Add("time", attempt.Time)
                .Add("type", "valueCode", attempt.Type.Code())
                .Add("taken", attempt.Error is null)
                .Add("httpStatus", attempt.HttpStatus)
                .Add("error", "valueString", attempt.Error)
                .Add("firstNumber", attempt.FirstNumber)
                .Add("events", attempt.Events)
                .Add("milliseconds", (long)attempt.Duration.TotalMilliseconds)
                .Add("server", "valueId", attempt.Server)
                .End();
        return parameters.Add("next", "valueUrl", next).Finish();
    }

    private static async Task<IResult> ResendAsync(HttpContext context, SubscriptionOperations operations, string id)
    {
        if (
            (await SearchInput.ReadOperationAsync(context)).IsRefused(out var refusal, out var sent)
            || ParameterReader.Read(Range, sent).IsRefused(out refusal, out var asked)
            || RangeOf(asked).IsRefused(out refusal, out var range)
            || (
                await operations.ResendAsync(context.Caller(), id, range.First, range.Last, context.RequestAborted)
            ).IsRefused(out refusal, out var again)
        )
            return FhirResults.Refused(refusal);
        using var answer = new ParametersWriter();
        return FhirResults.Resource(answer.Add("events", again).Finish());
    }

    private static Result<(long First, long Last)> RangeOf(AskedParameters asked)
    {
        if (
            NumberOf(asked, "first", 0).IsRefused(out var refusal, out var first)
            || NumberOf(asked, "last", first).IsRefused(out refusal, out var last)
        )
            return refusal;
        return first >= 1 && last >= first && last - first < SubscriptionOperations.MostEvents
            ? (first, last)
            : Refusal.Malformed(
                $"Send first and, for more than one event, last: numbers of events from 1, at most {SubscriptionOperations.MostEvents} of them.",
                first >= 1 ? "last" : "first",
                SpineCodes.InvalidValue
            );
    }

    private static async Task<IResult> TestAsync(HttpContext context, SubscriptionOperations operations, string id)
    {
        if (
            (await SearchInput.ReadOperationAsync(context)).IsRefused(out var refusal, out var sent)
            || ParameterReader.Read(None, sent).IsRefused(out refusal, out _)
            || (await operations.TestAsync(context.Caller(), id, context.RequestAborted)).IsRefused(
                out refusal,
                out var outcome
            )
        )
            return FhirResults.Refused(refusal);
        using var answer = new ParametersWriter();
        return FhirResults.Resource(
            answer
                .Add("taken", outcome.Result == SendResult.Accepted)
                .Add("httpStatus", outcome.HttpStatus)
                .Add("error", "valueString", outcome.Error)
                .Finish()
        );
    }

    private static async Task<IResult> AcknowledgeAsync(
        HttpContext context,
        SubscriptionOperations operations,
        string id
    )
    {
        if (
            (await AcknowledgementBody.ReadAsync(context, AcknowledgementBody.Number)).IsRefused(
                out var refusal,
                out var body
            )
            || (
                await operations.TakeAsync(
                    body.WriteOf(context, $"Subscription/{id}/$acknowledge"),
                    id,
                    [.. body.What.Select(number => long.Parse(number, CultureInfo.InvariantCulture))],
                    context.RequestAborted
                )
            ).IsRefused(out refusal, out var answer)
        )
            return FhirResults.Refused(refusal);
        return FhirResults.Resource(answer.Body, answer.Status);
    }

    private static Result<long> NumberOf(AskedParameters asked, string name, long byDefault) =>
        asked.Of(name).FirstOrDefault() is not { } sent ? byDefault
        : long.TryParse(sent.Value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : sent.Refuse("The number is too large.");
}
