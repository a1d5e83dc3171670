using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Finds, reads and checks the settings; the server does not start with settings that it does not understand.</summary>
internal static class ExchangeConfiguration
{
    private const string FileName = "fhir.config.json";

    /// <summary>Reads fhir.config.json, the environment and the command line, in rising order of precedence.</summary>
    /// <exception cref="InvalidConfigurationException">A key is unknown, or a value is out of range; the message has every path.</exception>
    public static ExchangeOptions AddExchangeConfiguration(
        this WebApplicationBuilder builder,
        StartupArguments arguments
    )
    {
        var settings = new ConfigurationBuilder();
        if (FindFile(arguments.Config) is { } file)
            settings.AddJsonFile(file, optional: false, reloadOnChange: false);
        settings.AddEnvironmentVariables("CPIS__");
        var configuration = settings.Build();

        var unknown = UnknownKeys.In(configuration, typeof(ExchangeOptions));
        if (unknown.Count > 0)
            throw new InvalidConfigurationException($"Unknown settings: {string.Join(", ", unknown)}");
        var options = configuration.Get<ExchangeOptions>() ?? new ExchangeOptions();
        if (arguments.Data is { } data)
            options = options with { SqliteDbOptions = options.SqliteDbOptions with { Directory = data } };
        if (arguments.Demo)
            options = options with
            {
                Notifications = options.Notifications with { AllowLoopbackHttp = true, RequirePort443 = false },
            };
        if (arguments.Bench)
            options = options with { Security = options.Security with { Limits = LimitOptions.Raised } };
        Validate(options, "");
        var urls = arguments.Urls ?? configuration["Kestrel:Urls"] ?? "http://127.0.0.1:8080";
        builder.Configuration.AddConfiguration(configuration);
        if (arguments.Demo || arguments.Bench)
            RefuseOutside(urls, builder.Configuration);
        builder.WebHost.UseUrls(urls);
        return options;
    }

    // Demo clients have public keys, and the bench has no limits: neither may be reached from another machine.
    private static void RefuseOutside(string urls, ConfigurationManager configuration)
    {
        foreach (var url in urls.Split(';'))
            if (!IsLoopback(url))
                throw new InvalidConfigurationException($"--urls {url}: --demo and --bench listen on loopback only.");
        // Kestrel would listen on these instead of the URLs.
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new InvalidConfigurationException(
                "Kestrel:Endpoints: --demo and --bench listen on loopback only, where --urls says."
            );
    }

    // As Kestrel reads an address: any host that is neither an IP address nor localhost (http://loopback, for Uri a
    // loopback address) makes it listen on every interface.
    private static bool IsLoopback(string url)
    {
        try
        {
            var host = BindingAddress.Parse(url).Host;
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? FindFile(string? named)
    {
        if (named is not null)
            return File.Exists(named)
                ? Path.GetFullPath(named)
                : throw new InvalidConfigurationException($"--config {named}: there is no such file.");
        return new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory }
            .Select(folder => Path.Combine(folder, FileName))
            .FirstOrDefault(File.Exists);
    }

    private static void Validate(object section, string path)
    {
        var problems = new List<ValidationResult>();
        if (
            !Validator.TryValidateObject(section, new ValidationContext(section), problems, validateAllProperties: true)
        )
            throw new InvalidConfigurationException(
                string.Join("; ", problems.Select(p => $"{path}{p.MemberNames.FirstOrDefault()}: {p.ErrorMessage}"))
            );
        foreach (var property in section.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (
                property.PropertyType.Namespace?.StartsWith("CpIs.", StringComparison.Ordinal) == true
                && !property.PropertyType.IsEnum
                && property.GetValue(section) is { } inner
            )
                Validate(inner, $"{path}{property.Name}:");
    }
}

/// <summary>The settings cannot be used; the message names every path that is wrong.</summary>
internal sealed class InvalidConfigurationException(string message) : Exception(message);
