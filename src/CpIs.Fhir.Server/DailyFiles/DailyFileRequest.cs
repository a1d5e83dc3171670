using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>What the URL of <c>$upload</c> says of a file. Number and time may be in the file instead, where that is a Bundle.</summary>
/// <param name="Sequence">The number; null where the URL has none.</param>
/// <param name="Made">When the data was taken from the register; null where the URL has none.</param>
internal sealed record DailyFileRequest(long? Sequence, DateTimeOffset? Made)
{
    private static readonly ParameterTable Table = new(
        "parameter of $upload",
        [
            new("sequence", ParameterKind.Number) { IsOnce = true },
            new("made", ParameterKind.Code) { IsOnce = true },
            new("mode", ParameterKind.Code) { IsOnce = true, Allowed = ["delta", "full"] },
            new("count", ParameterKind.Number) { IsOnce = true },
            new("dry-run", ParameterKind.Code) { IsOnce = true, Allowed = ["true", "false"] },
            new("part", ParameterKind.Number) { IsOnce = true },
            new("parts", ParameterKind.Number) { IsOnce = true },
        ]
    );

    /// <summary>True where the file holds all that the authority has.</summary>
    public DailyFileMode Mode { get; private init; }

    /// <summary>How many records the file has; null where its sender does not say.</summary>
    public int? Count { get; private init; }

    /// <summary>True where nothing is to be stored.</summary>
    public bool IsDryRun { get; private init; }

    /// <summary>Which part of the file it is.</summary>
    public int Part { get; private init; } = 1;

    /// <summary>How many parts the file has.</summary>
    public int Parts { get; private init; } = 1;

    /// <summary>True where the sender does not wait (<c>Prefer: respond-async</c>; FHIR R4 async).</summary>
    public bool IsAsync { get; private init; }

    /// <summary>What the URL says, or why it cannot be read.</summary>
    public static Result<DailyFileRequest> Read(HttpContext context)
    {
        if (SearchInput.FromUrl(context, Table).IsRefused(out var refusal, out var asked))
            return refusal;
        DateTimeOffset? made = null;
        if (asked.Code("made") is { } time)
        {
            made = InstantOf(time);
            if (made is null)
                return asked.Of("made").First().Refuse(NoTime);
        }

        foreach (var name in (ReadOnlySpan<string>)["sequence", "part", "parts"])
            if (asked.Code(name) is { } number && !(Number(number) is > 0 and <= 999_999_999_999))
                return asked.Of(name).First().Refuse("The value must be a whole number from 1 to 999999999999.");
        if (asked.Code("count") is { } count && Number(count) is not <= DailyFileSent.MostOfAll)
            return asked.Of("count").First().Refuse($"The value must be 0 to {DailyFileSent.MostOfAll}.");
        var (part, parts) = (Number(asked.Code("part")) ?? 1, Number(asked.Code("parts")) ?? 1);
        if (part > parts || parts > DailyFile.MostParts)
            return Refusal.Malformed(
                $"Send part=1 to part=N with parts=N for a file in N parts, at most {DailyFile.MostParts}.",
                "part",
                SpineCodes.InvalidSearchData
            );
        var isDryRun = asked.Code("dry-run") == "true";
        if (isDryRun && parts > 1)
            return Refusal.Malformed("A dry run takes the file in one piece.", "dry-run", SpineCodes.InvalidSearchData);
        return new DailyFileRequest(Number(asked.Code("sequence")), made)
        {
            Mode = asked.Code("mode") == "full" ? DailyFileMode.Full : DailyFileMode.Delta,
            Count = (int?)Number(asked.Code("count")),
            IsDryRun = isDryRun,
            Part = (int)part,
            Parts = (int)parts,
            IsAsync = !isDryRun && (parts > 1 || context.Request.PrefersAsync()),
        };
    }

    /// <summary>What is said of the file: in the URL, in the file, or alike in both.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sequence">What the file says of its number; null where it says nothing.</param>
    /// <param name="made">What the file says of its time; null where it says nothing.</param>
    /// <param name="urls">Under which address the caller reaches us.</param>
    public Result<DailyFileSent> ToSent(HttpContext context, string? sequence, string? made, ExchangeUrls urls)
    {
        var issues = new List<Issue>();
        var number = Agreed(
            Sequence,
            sequence,
            Number,
            "sequence",
            "identifier.value",
            "Give the file a number that goes up with each file.",
            issues
        );
        var time = Agreed(Made, made, InstantOf, "made", "timestamp", NoTime, issues);
        if (issues.Count > 0)
            return new Refusal(RefusalKind.Rule, issues);
        return new DailyFileSent(context.Caller(), number!.Value, time!.Value)
        {
            Mode = Mode,
            Count = Count,
            Part = Part,
            Parts = Parts,
            MostRecords = IsAsync ? DailyFileSent.MostOfAll : DailyFileEndpoints.MostAtOnce,
            RequestId = context.Identity().RequestId,
            CorrelationId = context.Identity().CorrelationId,
            FhirBase = urls.FhirBase,
        };
    }

    private const string NoTime =
        "Send the time at which the data was taken from your register, such as 2026-07-01T22:00:00Z. Without an offset it is London time.";

    private static T? Agreed<T>(
        T? asked,
        string? sent,
        Func<string?, T?> read,
        string parameter,
        string element,
        string advice,
        List<Issue> issues
    )
        where T : struct
    {
        var inside = read(sent);
        if (sent is not null && inside is null)
            issues.Add(Fault($"Bundle.{element} cannot be read. {advice}", $"Bundle.{element}"));
        else if (asked is null && inside is null)
            issues.Add(Fault($"The parameter {parameter} is missing. {advice}", parameter, "required"));
        else if (asked is not null && inside is not null && !asked.Equals(inside))
            issues.Add(
                Fault(
                    $"Bundle.{element} and the parameter {parameter} must say the same. Send one of them, or both alike.",
                    $"Bundle.{element}"
                )
            );
        return asked ?? inside;
    }

    private static Issue Fault(string text, string place, string code = "invalid") =>
        new(code, text, place, SpineCodes.InvalidValue, Rule: "cpis-daily-file");

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>An instant; without an offset on London's clocks. In a URL a plus that was not encoded arrives as a blank.</summary>
    private static DateTimeOffset? InstantOf(string? text)
    {
        const DateTimeStyles none = DateTimeStyles.None;
        var culture = CultureInfo.InvariantCulture;
        string[] zoned = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        string[] local = ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm"];
        text = text?.Replace(' ', '+');
        return DateTime.TryParseExact(text, local, culture, none, out var london) ? LondonCalendar.InstantOf(london)
            : DateTimeOffset.TryParseExact(text, zoned, culture, none, out var instant) ? instant.ToUniversalTime()
            : null;
    }
}
