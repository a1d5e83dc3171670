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
        // A rule of the configuration that names a category would win over a plain filter, so every rule is bounded:
        // the configuration can make the log quieter, never louder.
        builder.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            var rules = options.Rules.Prepend(new LoggerFilterRule(null, null, null, null)).Select(Bounded).ToList();
            options.Rules.Clear();
            foreach (var rule in rules)
                options.Rules.Add(rule);
        });
    }

    private static LoggerFilterRule Bounded(LoggerFilterRule rule) =>
        new(
            rule.ProviderName,
            rule.CategoryName,
            rule.LogLevel,
            (provider, category, level) =>
                level >= LevelOf(category) && (rule.Filter?.Invoke(provider, category, level) ?? true)
        );

    private static LogLevel LevelOf(string? category) =>
        category switch
        {
            "Microsoft.Hosting.Lifetime" => LogLevel.Information,
            not null when category.StartsWith("CpIs.", StringComparison.Ordinal) => LogLevel.Information,
            // OpenIddict and the token handlers write out requests and claims below this level.
            _ => LogLevel.Warning,
        };
}
