using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests;

/// <summary>
/// SIPVicious and sipsak against the gateway without any configuration, and bans in the kernel. Each scanner has an address of its own outside, so
/// that one's ban is not the other's.
/// </summary>
[Trait("Run", "second")]
public sealed partial class ScannerTests
{
    private const string GatewayAddress = "198.51.100.1";
    private const string Mapper = "198.51.100.66";
    private const string Enumerator = "198.51.100.67";
    private const string Caller = "198.51.100.68";
    private const string Cracker = "198.51.100.69";
    private const string Prober = "198.51.100.70";
    private const string PhoneAddress = "198.51.100.30";

    /// <summary>The gateway's network namespace, and one for each of the others.</summary>
    private sealed class Outside : IDisposable
    {
        private readonly Dictionary<string, NetworkNamespace> _others = [];

        public Outside()
        {
            NetworkNamespace.RemoveLeftovers();
            try
            {
                Gateway = NetworkNamespace.Create("scgw");
                Gateway.Execute("ip", "link add lines type bridge");
                Gateway.Execute("ip", $"address add {GatewayAddress}/24 dev lines");
                Gateway.Execute("ip", "link set lines up");
                Gateway.Execute("ip", $"route add default via {PhoneAddress}");
                foreach (var (index, address) in new[] { PhoneAddress, Mapper, Enumerator, Caller, Cracker, Prober }.Index())
                {
                    var other = _others[address] = NetworkNamespace.Create($"sc{index}");
                    NetworkNamespace.Join(other, "eth0", Gateway, $"line{index}");
                    other.Execute("ip", $"address add {address}/24 dev eth0");
                    other.Execute("ip", "link set eth0 up");
                    Gateway.Execute("ip", $"link set line{index} master lines up");
                }
            }
            catch
            {
                NetworkNamespace.RemoveOwn();
                throw;
            }
        }

        public NetworkNamespace Gateway { get; }

        public NetworkNamespace this[string address] => _others[address];

        public void Dispose()
        {
            Gateway.Dispose();
            foreach (var other in _others.Values)
            {
                other.Dispose();
            }
        }
    }

    private static async Task<string> RunAsync(ScenarioFolder folder, NetworkNamespace space, string program, params string[] arguments)
    {
        var (command, all) = space.Command(program, arguments);
        await using var child = ChildProcess.Start(command, all, folder);
        _ = await child.ExitAsync(Eventually.Deadline);
        return child.Output;
    }

    private static async Task<Dictionary<string, string>> BansAsync(GatewayProcess gateway)
    {
        using var page = JsonDocument.Parse(await gateway.GetAsync("/api/v1/bans"));
        return page.RootElement.GetProperty("items").EnumerateArray().ToDictionary(ban => ban.GetProperty("address").GetString()!, ban => ban.GetProperty("reason").GetString()!);
    }

    private static Task IsBannedAsync(GatewayProcess gateway, string address, string reason) =>
        Eventually.TrueAsync(async () => (await BansAsync(gateway)).GetValueOrDefault(address) == reason, text: $"{address} banned: {reason}");

    [Fact]
    public async Task Scanners_find_no_user_make_no_call_and_are_banned_while_a_phone_with_a_typing_error_recovers()
    {
        GatewayProcess? started = null;
        using var outside = new Outside();
        await ScenarioFolder.RunAsync(() => started?.Log ?? "", async folder =>
        {
            await using var gateway = started = await GatewayProcess.StartDefaultAsync(folder, outside.Gateway);
            await Eventually.TrueAsync(() => gateway.Output.Contains("End it", StringComparison.Ordinal), text: "the program says how to end it");
            var password = Password().Match(gateway.Output).Groups[1].Value;

            await Task.WhenAll(
                MapAsync(folder, gateway, outside[Mapper]),
                EnumerateAsync(folder, gateway, outside, Enumerator, "REGISTER"),
                EnumerateAsync(folder, gateway, outside, Caller, "INVITE"),
                CrackAsync(folder, gateway, outside[Cracker]),
                ProbeAsync(folder, gateway, outside[Prober]),
                RecoversAsync(folder, outside[PhoneAddress], password));

            Assert.DoesNotContain(PhoneAddress, (await BansAsync(gateway)).Keys);
            using var calls = JsonDocument.Parse(await gateway.GetAsync("/api/v1/calls?state=ended"));
            Assert.Empty(calls.RootElement.GetProperty("items").EnumerateArray());
            Assert.Equal(5, (await gateway.MetricsAsync()).Sum("sipalg_bans_active"));
            await gateway.StopAsync();
        });
    }

    private static async Task MapAsync(ScenarioFolder folder, GatewayProcess gateway, NetworkNamespace space)
    {
        await RunAsync(folder, space, "svmap", GatewayAddress);
        await IsBannedAsync(gateway, Mapper, "scanner");
    }

    /// <summary>Of 99 to 104 there are 101 and 102.</summary>
    private static async Task EnumerateAsync(ScenarioFolder folder, GatewayProcess gateway, Outside outside, string from, string method)
    {
        var found = await RunAsync(folder, outside[from], "svwar", "-m", method, "-e", "99-104", "--force", "--maximumtime=1", GatewayAddress);
        Assert.DoesNotMatch(@"\|\s*[0-9]+\s*\|", found);
        await IsBannedAsync(gateway, from, "scanner");
    }

    /// <summary>Nobody answers it soon enough for it to come to an end.</summary>
    private static async Task CrackAsync(ScenarioFolder folder, GatewayProcess gateway, NetworkNamespace space)
    {
        var words = folder.Write("words.txt", string.Join('\n', Enumerable.Range(0, 40).Select(word => $"password{word}")) + "\n");
        var (command, arguments) = space.Command("svcrack", "-u", "alice", "-d", words, GatewayAddress);
        await using var svcrack = ChildProcess.Start(command, arguments, folder);
        await IsBannedAsync(gateway, Cracker, "scanner");
        Assert.DoesNotContain("alice", svcrack.Output, StringComparison.Ordinal);
    }

    /// <summary>sipsak bears no mark that would be one of a scanner: it is what it does that bans it, asking for user after user with no password.</summary>
    private static async Task ProbeAsync(ScenarioFolder folder, GatewayProcess gateway, NetworkNamespace space)
    {
        for (var user = 0; (await BansAsync(gateway)).GetValueOrDefault(Prober) is null; user++)
        {
            Assert.True(user < 2000, "sipsak is banned");
            var (command, arguments) = space.Command("sipsak", "-s", $"sip:user{user}@{GatewayAddress}");
            await using var sipsak = ChildProcess.Start(command, arguments, folder);
            await Eventually.TrueAsync(async () => sipsak.HasExited || (await BansAsync(gateway)).ContainsKey(Prober), text: "sipsak is answered or banned");
        }

        Assert.Contains((await BansAsync(gateway))[Prober], new[] { "probing", "wrong_passwords" });
    }

    private static async Task RecoversAsync(ScenarioFolder folder, NetworkNamespace space, string password)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(PhoneAddress), 5060);
        string Account(string typed) => $"<sip:alice@{GatewayAddress};transport=udp>;auth_user=alice;auth_pass={typed};regint=60";

        // It answers one challenge after the other with the same, until it is told to rest.
        await using (var mistyped = await Baresip.StartAsync(folder, "mistyped", endpoint, 500, Account(password + "x"), space))
        {
            await Eventually.TrueAsync(() => mistyped.Output.Contains("403 Forbidden", StringComparison.Ordinal), text: "the wrong password is refused");
        }

        await using var alice = await Baresip.StartAsync(folder, "alice", endpoint, 500, Account(password), space);
        await Eventually.TrueAsync(() => alice.IsRegistered, text: "alice registered with the right one");
    }

    [Fact]
    public async Task Bans_are_in_the_kernel_known_again_after_a_kill_and_gone_with_the_gateway()
    {
        GatewayProcess? started = null;
        using var outside = new Outside();
        await ScenarioFolder.RunAsync(() => started?.Log ?? "", async folder =>
        {
            var configuration = $"realms: {{ phones: {{ listen: ['udp://{GatewayAddress}:5060', 'tcp://{GatewayAddress}:5060'], domain: example.com }} }}\n" +
                $"users: {{ anna: {{ password: s3cret }} }}\nstate: {{ folder: '{folder["state"]}' }}\nbans: {{ nftables: on }}";
            var probe = new SipProbe(IPAddress.Parse(PhoneAddress), new IPEndPoint(IPAddress.Parse(GatewayAddress), 5060), outside[PhoneAddress]);
            Task<string> SetAsync() => RunAsync(folder, outside.Gateway, "nft", "list", "table", "inet", "sipalg");
            Task HasAsync(bool isBanned) => Eventually.TrueAsync(async () => (await SetAsync()).Contains($"{Mapper} timeout 10m", StringComparison.Ordinal) == isBanned, text: $"in the kernel: {isBanned}");

            await using (var gateway = started = await GatewayProcess.StartAsync(configuration, "routes: []", probe, outside.Gateway))
            {
                using var scanner = Connect(outside[Mapper], Mapper);
                scanner.Send(Scanner.Register(Mapper));
                await IsBannedAsync(gateway, Mapper, "scanner");
                await HasAsync(isBanned: true);
                Assert.Equal(1, (await gateway.MetricsAsync()).Sum("sipalg_bans_in_kernel"));

                // It was closed, and nothing of it comes any more, by the kernel's hand; others are heard.
                await Eventually.TrueAsync(() => IsClosed(scanner), text: "its connection is closed");
                using var again = outside[Mapper].Socket(SocketType.Dgram, ProtocolType.Udp);
                again.Bind(new IPEndPoint(IPAddress.Parse(Mapper), 0));
                await Eventually.TrueAsync(
                    async () =>
                    {
                        again.SendTo(Scanner.Register(Mapper), new IPEndPoint(IPAddress.Parse(GatewayAddress), 5060));
                        return Regex.IsMatch(await SetAsync(), "ip saddr @banned4 counter packets [1-9]");
                    },
                    text: "the kernel drops it");
                Assert.True(probe.IsAnswered());
                await Eventually.TrueAsync(() => IsKept(folder), text: "the ban is kept");
            }

            await HasAsync(isBanned: true);
            await using var next = started = await GatewayProcess.StartAsync(configuration, "routes: []", probe, outside.Gateway);
            Assert.Equal("scanner", (await BansAsync(next))[Mapper]);
            await Eventually.TrueAsync(async () => (await SetAsync()).Contains($"{Mapper} timeout 9m", StringComparison.Ordinal), text: "what is left of the ban is in the kernel");
            await next.DeleteAsync($"/api/v1/bans/{Mapper}");
            await Eventually.TrueAsync(async () => !(await SetAsync()).Contains(Mapper, StringComparison.Ordinal), text: "it is lifted in the kernel too");
            await next.StopAsync();
            Assert.Contains("No such file", await SetAsync(), StringComparison.Ordinal);
        });
    }

    /// <summary>Why it is banned stands in the file, or in what is not yet merged into it.</summary>
    private static bool IsKept(ScenarioFolder folder) => Directory.GetFiles(folder["state"], "protection.db*").Any(file =>
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var octets = new MemoryStream();
        open.CopyTo(octets);
        return octets.ToArray().AsSpan().IndexOf("friendly-scanner"u8) >= 0;
    });

    private static Socket Connect(NetworkNamespace space, string from)
    {
        var socket = space.Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(new IPEndPoint(IPAddress.Parse(GatewayAddress), 5060));
        return socket;
    }

    /// <summary>All that came has been read, and the end of it.</summary>
    private static bool IsClosed(Socket socket)
    {
        try
        {
            var room = new byte[65536];
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                if (socket.Receive(room) == 0)
                {
                    return true;
                }
            }

            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    [GeneratedRegex(@"User name +alice.*\n +Password +(\w+)\n")]
    private static partial Regex Password();
}
