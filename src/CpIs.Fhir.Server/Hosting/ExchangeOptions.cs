using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Server.CrossOrigin;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Hosting.Stores;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Validation;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>
/// fhir.config.json, whole. Section names follow Firely Server where the meaning is the same. Environment variables
/// <c>CPIS__Section__Key</c> override; unknown keys are refused with their path (<see cref="UnknownKeys"/>).
/// </summary>
public sealed record ExchangeOptions
{
    /// <summary>
    /// FHIR base as callers reach it, without trailing slash: used for fullUrl, own references and the token audience.
    /// Empty: the first listening address with <c>/FHIR/R4</c>.
    /// </summary>
    [RegularExpression(
        "^(https?://[^/?#\\s]+(/[^?#\\s]*[^/?#\\s])?)?$",
        ErrorMessage = "This must be an http or https URL without a trailing slash, such as https://cpis.example/FHIR/R4."
    )]
    public string PublicBaseUrl { get; init; } = "";

    /// <summary>
    /// How long the server, told to stop, goes on serving while <c>/health/ready</c> says that it is not ready: longer than a
    /// balancer takes to notice, so that a rolling restart breaks no connection. Default 0, at most a minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.Zero;

    /// <summary>Which store: <c>SQLite</c> (one machine; the default) or <c>MongoDb</c> (many).</summary>
    [OneOf(StoreOpening.Sqlite, StoreOpening.MongoDb)]
    public string Repository { get; init; } = StoreOpening.Sqlite;

    /// <summary>What is kept of the store apart from it.</summary>
    public StoreSection Store { get; init; } = new();

    /// <summary>The embedded store.</summary>
    public SqliteDbOptions SqliteDbOptions { get; init; } = new();

    /// <summary>The store for many machines.</summary>
    public MongoDbOptions MongoDbOptions { get; init; } = new();

    /// <summary>How what could name a child or a person lies in the store.</summary>
    public ProtectionOptions Protection { get; init; } = new();

    /// <summary>How much one request may hold.</summary>
    public SizeLimits SizeLimits { get; init; } = new();

    /// <summary>How what is written is validated.</summary>
    public ValidationOptions Validation { get; init; } = new();

    /// <summary>How searches are paged.</summary>
    public BundleOptions BundleOptions { get; init; } = new();

    /// <summary>Look-ups.</summary>
    public LookUpOptions LookUp { get; init; } = new();

    /// <summary>Plans of families in flight.</summary>
    public ProtectedOptions Protected { get; init; } = new();

    /// <summary>Who may call, and how often.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Which pages of other sites may call from a browser.</summary>
    public CorsSection Cors { get; init; } = new();

    /// <summary>How authorities are notified.</summary>
    public NotificationOptions Notifications { get; init; } = new();

    /// <summary>How authorities are reminded of what nobody told them.</summary>
    public EmailOptions Email { get; init; } = new();

    /// <summary>The exchange's mailbox at MESH.</summary>
    public MeshOptions Mesh { get; init; } = new();

    /// <summary>How long things are kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>What <c>--demo</c> does.</summary>
    public DemoOptions Demo { get; init; } = new();
}
