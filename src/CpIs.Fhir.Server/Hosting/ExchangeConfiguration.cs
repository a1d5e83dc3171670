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
        var configuration = Read(FindFile(arguments.Config));

        var unknown = UnknownKeys.In(configuration, typeof(ExchangeOptions));
        if (unknown.Count > 0)
            throw new InvalidConfigurationException($"Unknown settings: {string.Join(", ", unknown)}");
        var options = Bind(configuration);
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
        foreach (var url in urls.Split(';'))
            RefuseWithoutScheme(arguments.Urls is null ? "Kestrel:Urls" : "--urls", url);
        builder.Configuration.AddConfiguration(configuration);
        if (arguments.Demo || arguments.Bench)
        {
            foreach (var url in urls.Split(';'))
                RefuseOutside("--urls", url);
            // Endpoints of Kestrel, from wherever they come, override the URLs.
            foreach (var endpoint in builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren())
                RefuseOutside(endpoint.Path, endpoint["Url"]);
        }

        builder.WebHost.UseUrls(urls);
        return options;
    }

    private static void RefuseWithoutScheme(string place, string url)
    {
        if (
            !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
            throw new InvalidConfigurationException(
                $"{place} {url}: an address begins with http:// or https://. Did you mean http://{url[(url.LastIndexOf('/') + 1)..]}?"
            );
    }

    // Demo clients have public keys, and the bench has no limits: neither may be reached from another machine.
    private static void RefuseOutside(string place, string? url)
    {
        if (url is null || !IsLoopback(url))
            throw new InvalidConfigurationException($"{place} {url}: --demo and --bench listen on loopback only.");
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

    private static IConfigurationRoot Read(string? file)
    {
        var settings = new ConfigurationBuilder();
        if (file is not null)
            settings.AddJsonFile(file, optional: false, reloadOnChange: false);
        settings.AddEnvironmentVariables("CPIS__");
        try
        {
            return settings.Build();
        }
        catch (InvalidDataException unreadable)
        {
            throw new InvalidConfigurationException($"{file} cannot be read: {unreadable.GetBaseException().Message}");
        }
    }

    private static ExchangeOptions Bind(IConfiguration configuration)
    {
        try
        {
            return configuration.Get<ExchangeOptions>() ?? new ExchangeOptions();
        }
        catch (InvalidOperationException wrongType)
        {
            // The message names the value, its path and the type that was expected.
            throw new InvalidConfigurationException(wrongType.Message);
        }
    }

    private static string? FindFile(string? named)
    {
        if (named is not null)
            return File.Exists(named)
                ? Path.GetFullPath(named)
                : throw new InvalidConfigurationException($"--config {named}: the file does not exist.");
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
