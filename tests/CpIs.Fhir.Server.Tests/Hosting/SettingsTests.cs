using CpIs.Fhir.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>The server does not start with settings that it does not understand.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Loopback = "http://127.0.0.1:0";

    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"SizeLimits":{"MaxBatchSiez":1}}""", "SizeLimits:MaxBatchSiez (did you mean MaxBatchSize?)")]
    [InlineData("""{"Sizelimitz":{"MaxBatchSize":2000}}""", "Sizelimitz (did you mean SizeLimits?)")]
    [InlineData("""{"Security":{"Issuers":[{"Isuer":"a"}]}}""", "Security:Issuers:0:Isuer")]
    [InlineData("""{"SizeLimits":{"MaxBatchSize":1}}""", "SizeLimits:MaxBatchSize")]
    [InlineData("""{"SizeLimits":{"MaxBatchEntries":0}}""", "SizeLimits:MaxBatchEntries")]
    [InlineData("""{"BundleOptions":{"DefaultCount":1001}}""", "BundleOptions:DefaultCount")]
    [InlineData("""{"LookUp":{"TimeoutSeconds":0}}""", "LookUp:TimeoutSeconds")]
    [InlineData("""{"LookUp":{"TimeoutSeconds":"soon"}}""", "LookUp:TimeoutSeconds")]
    [InlineData("""{"Protected":{"Phome":"0300 555 0199"}}""", "Protected:Phome (did you mean Phone?)")]
    [InlineData("""{"Protected":{"Phone":"ask Jo"}}""", "Protected:Phone: A phone number must be digits and spaces")]
    [InlineData("""{"Repository":"Excel"}""", "Repository: 'Excel' is not allowed. Allowed: SQLite, MongoDb.")]
    [InlineData("""{"Repository":"mongodb"}""", "Did you mean MongoDb?")]
    [InlineData("""{"Security":{"Limits":{"PersonBurst":0}}}""", "Security:Limits:PersonBurst")]
    [InlineData("""{"Demo":{"Concurrency":99}}""", "Demo:Concurrency")]
    [InlineData("""{"Cors":{"Origin":["https://app.example"]}}""", "Cors:Origin (did you mean Origins?)")]
    [InlineData("""{"Cors":{"Origins":["*"]}}""", "Cors:Origins: '*' is not allowed. Name each origin")]
    [InlineData("""{"Cors":{"Origins":["https://app.example/"]}}""", "Did you mean https://app.example?")]
    [InlineData("""{"Cors":{"Origins":["https://App.example/x"]}}""", "Did you mean https://app.example?")]
    [InlineData("""{"Cors":{"Origins":["app.example"]}}""", "Did you mean https://app.example?")]
    [InlineData("""{"Cors":{"Origins":["null"]}}""", "Cors:Origins: 'null' is not an origin.")]
    [InlineData("""{"Cors":{"Origins":["http://app.example"]}}""", "Did you mean https://app.example?")]
    [InlineData(
        """{"Cors":{"Origins":["https://a.example","https://u@b.example"]}}""",
        "Did you mean https://b.example?"
    )]
    [InlineData("""{"PublicBaseUrl":"not a url"}""", "PublicBaseUrl")]
    [InlineData("""{"Retention":{"RecordsAfterDays":29}}""", "Retention:RecordsAfterDays")]
    [InlineData("""{"Retention":{"EventsAfterDays":89}}""", "Retention:EventsAfterDays")]
    [InlineData("""{"Retention":{"OccurrencesAfterDays":364}}""", "Retention:EventsAfterDays")]
    [InlineData("""{"Retention":{"OccurrencesAfterDays":400,"EventsAfterDays":null}}""", "Retention:EventsAfterDays")]
    [InlineData("""{"Retention":{"RecordAfterDays":400}}""", "Retention:RecordAfterDays")]
    [InlineData("""{"Protection":{"KeyFiel":"keys.json"}}""", "Protection:KeyFiel")]
    [InlineData("""{"Protection":{"KeyFile":""}}""", "Protection:KeyFile")]
    [InlineData("""{"Protection":{"KeyFile":"/no/such/keys.json"}}""", "Protection:KeyFile")]
    [InlineData("""{"Store":{"RestoreMrak":"mark"}}""", "Store:RestoreMrak (did you mean RestoreMark?)")]
    [InlineData("""{"Store":{"RestoreMark":""}}""", "Store:RestoreMark: This must name a file.")]
    [InlineData("""{"Repository":"MongoDb","Store":{"RestoreMark":"mark"}}""", "Store:RestoreMark: only the embedded")]
    [InlineData(
        """{"Notifications":{"PrivateNetworks":"127.0.0.0/8"}}""",
        "Notifications:PrivateNetworks: Each must be"
    )]
    [InlineData(
        """{"Notifications":{"PrivateNetworks":"10.0.0.0/4"}}""",
        "Notifications:PrivateNetworks: Each must be"
    )]
    [InlineData("""{"Notifications":{"CertificateFile":"a.pem"}}""", "Notifications:CertificateKeyFile")]
    [InlineData("""{"Email":{"StartTsl":false}}""", "Email:StartTsl (did you mean StartTls?)")]
    [InlineData("""{"Email":{"IsOn":"true"}}""", "Email:IsOn")]
    [InlineData("""{"Email":{"From":"a@b.example"}}""", "Email:Host: Name the SMTP server")]
    [InlineData("""{"Email":{"Host":"smtp.example"}}""", "Email:From: Give the e-mail address")]
    [InlineData("""{"Email":{"Host":"h.example","From":"a@b.example","StartTls":false}}""", "Email:StartTls: ")]
    [InlineData(
        """{"Email":{"Host":"h.example","From":"a@b.example","User":"u","PasswordFile":"/no/such/file"}}""",
        "Email:PasswordFile cannot be read"
    )]
    [InlineData(
        """{"Email":{"Authorities":{"XHF01":[{"Team":"duty","Adress":"a@b.example"}]}}}""",
        "Email:Authorities:XHF01:0:Adress (did you mean Address?)"
    )]
    [InlineData(
        """{"Email":{"Host":"h.example","From":"a@b.example","Authorities":{"XHF01":[{"Team":"duty","Address":"a@b.example","From":"8"}]}}}""",
        "Email:Authorities:XHF01:0:Until: Give both"
    )]
    [InlineData("{", "fhir.config.json")]
    public async Task A_wrong_setting_is_refused_with_its_path(string settings, string path)
    {
        var start = () => StartAsync(settings, Loopback, demo: false);

        (await start.Should().ThrowAsync<InvalidConfigurationException>()).Which.Message.Should().Contain(path);
    }

    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:0;localhost:8080")]
    [InlineData("tcp://127.0.0.1:8080")]
    [InlineData("8080")]
    public async Task An_address_without_a_scheme_is_refused_in_one_sentence(string urls)
    {
        var start = () => StartAsync("{}", urls, demo: false);

        (await start.Should().ThrowAsync<InvalidConfigurationException>())
            .Which.Message.Should()
            .StartWith("--urls ")
            .And.Contain("begins with http://");
    }

    [Fact]
    public async Task A_key_file_that_others_can_open_is_refused_and_nothing_of_it_is_repeated()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        var file = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(file, "a-secret", TestContext.Current.CancellationToken);
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var start = () => StartAsync($$$"""{"Protection":{"KeyFile":"{{{file}}}"}}""", Loopback, demo: false);
        var open = await start.Should().ThrowAsync<InvalidConfigurationException>();
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        var wrong = await start.Should().ThrowAsync<InvalidConfigurationException>();
#pragma warning restore CA1416

        open.Which.Message.Should().Contain("Protection:KeyFile").And.Contain("chmod 600").And.NotContain("a-secret");
        wrong.Which.Message.Should().Contain("Protection:KeyFile").And.Contain("JSON").And.NotContain("a-secret");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("http://cpis.example:0")]
    public async Task The_demo_listens_on_loopback_only(string urls)
    {
        var start = () => StartAsync("{}", urls, demo: true);

        await start.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("*loopback*");
    }

    [Fact]
    public async Task The_demo_cannot_be_opened_to_the_network_by_endpoints_of_Kestrel()
    {
        var start = () =>
            StartAsync("""{"Kestrel":{"Endpoints":{"Open":{"Url":"http://0.0.0.0:0"}}}}""", Loopback, demo: true);

        await start.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("*Kestrel:Endpoints*");
    }

    [Theory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("--data", "--data")]
    [InlineData("--config=", "--config")]
    public void An_unknown_argument_is_refused_by_name(string argument, string name)
    {
        var (arguments, problem) = StartupArguments.Parse([argument]);

        arguments.Should().BeNull();
        problem.Should().Contain(name);
    }

    [Fact]
    public void The_environment_overrides_the_file()
    {
        // The process has one environment: this key is read by no other test.
        const string key = "CPIS__BundleOptions__DefaultCount";
        var file = Write("""{"BundleOptions":{"DefaultCount":7}}""");
        try
        {
            Environment.SetEnvironmentVariable(key, "9");
            var options = Microsoft
                .AspNetCore.Builder.WebApplication.CreateSlimBuilder()
                .AddExchangeConfiguration(new StartupArguments(false, false, Loopback, _folder, file));

            options.BundleOptions.DefaultCount.Should().Be(9);
            options.SqliteDbOptions.Directory.Should().Be(_folder, "the command line has the last word");
        }
        finally
        {
            Environment.SetEnvironmentVariable(key, null);
        }
    }

    [Fact]
    public async Task No_file_is_watched_for_changes()
    {
        await using var app = await ExchangeHost.BuildAsync(
            new StartupArguments(true, false, Loopback, Path.Combine(_folder, "data"), Write("{}")),
            CancellationToken.None
        );

        var files = ((IConfigurationRoot)app.Configuration).Providers.OfType<FileConfigurationProvider>().ToList();
        files.Should().NotBeEmpty();
        files.Should().NotContain(provider => provider.Source.ReloadOnChange);
    }

    private async Task StartAsync(string settings, string urls, bool demo)
    {
        await using var app = await ExchangeHost.BuildAsync(
            new StartupArguments(demo, false, urls, Path.Combine(_folder, "data"), Write(settings)),
            CancellationToken.None
        );
        await app.StartAsync();
    }

    private string Write(string settings)
    {
        var file = Path.Combine(_folder, "fhir.config.json");
        File.WriteAllText(file, settings);
        return file;
    }
}
