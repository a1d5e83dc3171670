using System.Globalization;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Synthetic values. Each NHS number begins with 999, which is never given to a person.</summary>
public static class Make
{
    public static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly OdsCode Herts = OdsCode.Parse("E10000015");
    public static readonly OdsCode Essex = OdsCode.Parse("E10000012");
    public static readonly OdsCode Hospital = OdsCode.Parse("RWH01");

    /// <summary>The n-th test NHS number with a right check digit.</summary>
    public static NhsNumber Child(int n)
    {
        for (var body = 999_000_000L + n * 2L; ; body++)
        for (var check = 0; check < 10; check++)
            if (NhsNumber.TryParse((body * 10 + check).ToString("D10", CultureInfo.InvariantCulture), out var child))
                return child;
    }

    public static StoredResource Resource(
        string id,
        RecordType type = RecordType.EpisodeOfCare,
        OdsCode? authority = null,
        int version = 1,
        string? identity = null,
        NhsNumber? child = null,
        DateTimeOffset? updated = null,
        params string[] tokens
    ) =>
        new()
        {
            Type = type,
            Id = id,
            Version = version,
            LastUpdated = updated ?? Noon,
            Authority = authority ?? Herts,
            Identity = identity,
            Child = child,
            Body = Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\",\"v\":{version}}}"),
            Tokens = tokens,
        };

    public static StoredResource Subscription(
        string id,
        OdsCode? authority = null,
        SubscriptionStatus status = SubscriptionStatus.Active,
        int version = 1,
        int maxCount = 1,
        ChannelKind channel = ChannelKind.RestHook,
        Topic topic = Topic.RecordAccessed
    ) =>
        Resource(id, RecordType.Subscription, authority, version) with
        {
            Subscription = new SubscriptionTerms
            {
                Topic = topic,
                Status = status,
                Activated = status == SubscriptionStatus.Active,
                Channel = channel,
                Endpoint = channel switch
                {
                    ChannelKind.Inbox => "",
                    ChannelKind.Mesh => "mesh:X26ABC2",
                    _ => "https://receiver.example/hook",
                },
                Headers = ["X-Key: 1"],
                MaxCount = maxCount,
                Timeout = TimeSpan.FromSeconds(9),
            },
        };

    /// <summary>Creates for version 1, updates for later ones.</summary>
    public static Commit Commit(params StoredResource[] resources) =>
        new() { Changes = [.. resources.Select(r => new Change(r, r.Version - 1))] };

    public static UploadStamp Stamp(int hour) => new(Noon.AddHours(hour), hour);

    public static Person Nurse(string sdsUserId = "555000000001") =>
        new(sdsUserId, "555000000099", "R0260", "Nurse", "Ann Example");

    /// <summary>An unscheduled hit that obliges to tell the given authorities; a miss where there are none.</summary>
    public static Occurrence Access(
        string id,
        DateTimeOffset? time = null,
        NhsNumber? child = null,
        string person = "555000000001",
        OdsCode? organisation = null,
        params OdsCode[] authorities
    ) =>
        new()
        {
            Id = id,
            Kind = OccurrenceKind.Access,
            Time = time ?? Noon,
            ClientId = "hospital-ed",
            Organisation = organisation ?? Hospital,
            OrganisationName = "Example Hospital",
            CallerKind = CallerKind.Setting,
            Person = Nurse(person),
            Interaction = "$child-protection",
            Child = child ?? Child(1),
            Mode = LookUpMode.Unscheduled,
            Outcome = authorities.Length > 0 ? AccessOutcome.Shown : AccessOutcome.NothingHeld,
            RequestId = "6d6f3f7e-0000-4000-8000-000000000001",
            Shown = [.. authorities.Select(Plan)],
            InHistory = authorities.Length > 0,
            Obligations = [.. authorities.Select(a => new Obligation(a, [Plan(a)]))],
        };

    public static ShownPlan Plan(OdsCode authority) =>
        new(authority, PlanTypes.LookedAfter, $"episode-{authority}", 3, $"flag-{authority}", 2);

    public static IdempotentAnswer Answer(string request, string client = "herts", DateTimeOffset? expires = null) =>
        new(client, request, new byte[] { 1, 2 }, 201, new byte[] { 3 }, "/Patient/1", expires ?? Noon.AddHours(24));
}
