namespace CpIs.Fhir.Server.Hosting;

/// <summary>What is logged, and what never is.</summary>
internal static class ExchangeLogging
{
    /// <summary>
    /// One line an event, to the console. The framework's own lines about requests name URLs, and a URL may hold an NHS
    /// number, so its categories are held at warnings whatever the configuration says (promise 12).
    /// </summary>
    public static void AddExchangeLogging(this WebApplicationBuilder builder)
    {
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
        builder.Services.PostConfigure<LoggerFilterOptions>(Bound);
    }

    // A rule for one category or one sink is stronger than a rule for all, so each is bound by what is never logged; and
    // where no rule fits, the last one does. The configuration can make the log quieter, not louder.
    private static void Bound(LoggerFilterOptions options)
    {
        LoggerFilterRule[] given = [.. options.Rules];
        options.Rules.Clear();
        options.Rules.Add(new LoggerFilterRule(null, null, null, (_, category, level) => level >= LevelOf(category)));
        foreach (var rule in given)
            options.Rules.Add(
                new LoggerFilterRule(
                    rule.ProviderName,
                    rule.CategoryName,
                    rule.LogLevel,
                    (provider, category, level) =>
                        level >= LevelOf(category) && (rule.Filter?.Invoke(provider, category, level) ?? true)
                )
            );
    }

    private static LogLevel LevelOf(string? category) =>
        category switch
        {
            "Microsoft.Hosting.Lifetime" => LogLevel.Information,
            not null when category.StartsWith("CpIs.", StringComparison.Ordinal) => LogLevel.Information,
            // It writes nothing at warnings; asked whether it might, it would make an Activity for each request.
            "Microsoft.AspNetCore.Hosting.Diagnostics" => LogLevel.None,
            // OpenIddict and the token handlers write out requests and claims below this level.
            _ => LogLevel.Warning,
        };
}
