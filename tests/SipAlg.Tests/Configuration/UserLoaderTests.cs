using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>Users, what they authenticate by, and the credentials of peers.</summary>
public sealed class UserLoaderTests
{
    private const string Realms = "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: [sha-256, md5] }, b: { listen: udp://10.0.0.2, domain: b.example, media: { ports: 20000-20999 } }, c: { listen: udp://10.0.0.3, media: { ports: 21000-21999 } } }\n";

    private readonly ConfigurationBench _bench = new();

    [Fact]
    public void What_is_written_of_users_stands_in_the_model()
    {
        var model = Load(
            """
            users:
              alice: { password: '${NAME}', numbers: ['+4930123', '+49304567*'], aliases: [desk, front-desk], max_contacts: 3, trusted: true }
              101: { password: 0900, numbers: 101 }
            """);

        Assert.Equal(["alice", "101"], model.Users.Users.Select(user => user.Name));
        var alice = model.Users.Users[0];
        Assert.Equal(["+4930123", "+49304567*"], alice.Numbers.ToArray());
        Assert.Equal(["desk", "front-desk"], alice.Aliases.ToArray());
        Assert.Equal((0, 3, true), (alice.Index, alice.MaxContacts, alice.IsTrusted));
        Assert.Equal((1, 10, false, "101"), (model.Users.Users[1].Index, model.Users.Users[1].MaxContacts, model.Users.Users[1].IsTrusted, model.Users.Users[1].Numbers[0]));
        Assert.Same(alice, model.Users.Find("front-desk"));
    }

    [Fact]
    public void Users_authenticate_in_each_realm_with_a_domain()
    {
        var model = Load("users: { alice: { password: '${NAME}' } }");

        var (a, b) = (model.Realms[0].Authentication!, model.Realms[1].Authentication!);
        Assert.Equal(("a.example", "b.example", null), (a.Name, b.Name, model.Realms[2].Authentication));
        Assert.Equal([DigestAlgorithm.Sha256, DigestAlgorithm.Md5], a.Algorithms.ToArray());
        Assert.Equal([DigestAlgorithm.Md5], b.Algorithms.ToArray());
        Assert.Same(model.Users, a.Users);
        Assert.Same(model.Users, b.Users);
    }

    [Theory]
    [InlineData("alice", null)]
    [InlineData("+4930123", null)]
    [InlineData("+4930456799", null)]
    [InlineData("desk", null)]
    [InlineData("+493045", "known here: alice, +4930123, +49304567*, desk")]
    [InlineData("alise", "did you mean 'alice'?")]
    [InlineData("'${ext}'", null)]
    public void Who_is_rung_by_name_is_a_user(string registered, string? hint)
    {
        _bench.Files["d.yaml"] = $"routes: [ {{ when: {{ called: '^(?<ext>.*)$' }}, to: [ {{ registered: {registered} }} ] }} ]";
        var result = _bench.Load(Realms + "users: { alice: { password: x, numbers: ['+4930123', '+49304567*'], aliases: desk } }\ndialplan: d.yaml");
        Assert.Equal(hint, result.Problems.SingleOrDefault()?.Hint);
    }

    [Fact]
    public void Without_users_there_are_none() => Assert.Empty(Load("").Users.Users);

    [Fact]
    public void Users_may_stand_in_a_file_of_their_own()
    {
        _bench.Files["u.yaml"] = "# phones\nalice: { password: '${file:secrets/token}' }\nbob: { password: '${NAME}', numbers: 102 }\n";

        Assert.Equal(["alice", "bob"], Load("users: u.yaml").Users.Users.Select(user => user.Name));
    }

    [Fact]
    public void Users_may_stand_in_a_folder_of_files()
    {
        _bench.Files["users/20.yaml"] = "bob: { password: x }";
        _bench.Files["users/10.yaml"] = "alice: { password: x }";
        _bench.Files["users/30.yaml"] = "# nobody yet\n";

        Assert.Equal(["alice", "bob"], Load("users: users/").Users.Users.Select(user => user.Name));
    }

    [Fact]
    public void Problems_of_a_file_of_users_are_told_where_they_are()
    {
        _bench.Files["users/10.yaml"] = "alice: { password: x, numbers: 101 }\n";
        _bench.Files["users/20.yaml"] = "bob: { password: '${UNSET}' }\ncarol: { numbers: 101 }\nalice: { password: x }\n";

        var problems = Errors(_bench.Load($"{Realms}users: users/\ndialplan: d.yaml")).ToArray();

        Assert.Equal(["users/20.yaml:1:18", "users/20.yaml:2:1", "users/20.yaml:2:19", "users/20.yaml:3:1"], problems.Select(problem => problem.At.ToString()));
        Assert.Equal("a user 'alice' exists already", problems[3].Message);
        Assert.Equal("the first is at users/10.yaml:1:1", problems[3].Hint);
    }

    [Theory]
    [InlineData("credentials: { username: '4711', realm: carrier.example, password: hunter2 }", "4711, realm carrier.example")]
    [InlineData("credentials: { username: '4711', password: hunter2 }", "4711, realm any")]
    [InlineData("credentials: [ { username: a, realm: one, password: hunter2 }, { username: b, password: hunter2 } ]", "a, realm one; b, realm any")]
    [InlineData("domain: carrier.example", "")]
    public void The_credentials_of_a_peer_stand_in_the_model(string written, string expected)
    {
        var peer = Load($"peers: {{ p: {{ realm: a, address: 'sip:10.0.0.9', {written} }} }}").Peers[0];

        Assert.Equal(expected, string.Join("; ", peer.Credentials));
    }

    /// <summary>Each of these is wrong, and what is secret in it is wrong or right: no message shows it.</summary>
    [Theory]
    [InlineData("users: { alice: hunter2 }")]
    [InlineData("users: { alice: { password: \"hunter2\\n\" } }")]
    [InlineData("users: { alice: { password: [hunter2] } }")]
    [InlineData("users: { alice: { password: { a: hunter2 } } }")]
    [InlineData("users: { alice: { password: hunter2, password_hash: { md5: hunter2 } } }")]
    [InlineData("users: { alice: { password_hash: hunter2 } }")]
    [InlineData("users: { alice: { password_hash: { md5: hunter2, sha-256: hunter2 } } }")]
    [InlineData("users: { alice: { password: hunter2, numbers: x } }")]
    [InlineData("users: { alice: { password: '${SECRET}', numbers: x } }")]
    [InlineData("peers: { p: { realm: a, accept_from: 10.0.0.9, credentials: { username: a, password: \"hunter2\\r\\n\" } } }")]
    [InlineData("peers: { p: { realm: a, accept_from: 10.0.0.9, credentials: hunter2 } }")]
    public void No_message_shows_a_password(string part)
    {
        _bench.Environment["SECRET"] = "hunter2";
        var problems = _bench.Load($"{Realms}{part}\ndialplan: d.yaml").Problems;

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.DoesNotContain("hunter2", $"{problem} {problem.Hint} {(object)problem}", StringComparison.Ordinal));
    }

    [Fact]
    public void No_text_of_a_configuration_shows_a_password()
    {
        var model = Load("users: { alice: { password: hunter2 } }\npeers: { p: { realm: a, accept_from: 10.0.0.9, credentials: { username: a, password: hunter2 } } }");

        Assert.All([model.ToString(), model.Users.Users[0].ToString(), model.Peers[0].ToString(), model.Realms[0].ToString(), model.Realms[0].Authentication!.ToString(), new Located<Secret>(new Secret("hunter2"), new SourcePosition("f", 1, 1)).ToString()],
            text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_knows_all_forms_of_users()
    {
        var users = System.Text.Json.Nodes.JsonNode.Parse(ConfigurationSchema.OfConfiguration())!["properties"]!["users"]!;

        Assert.Equal(2, users["anyOf"]!.AsArray().Count);
        Assert.Contains("\"password_hash\"", users.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("{32}", users.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>From file to file: a gateway as a peer of another registers with what its configuration says, where the other's users say the same.</summary>
    [Theory]
    [InlineData("{ password: '${NAME}' }", "[sha-256, md5]")]
    [InlineData("{ password: value }", "md5")]
    [InlineData("{ password_hash: { sha-256: @ } }", "sha-256")]
    public void Credentials_of_a_peer_are_right_where_a_user_has_the_same_password(string user, string digest)
    {
        var sha256 = Encoding.ASCII.GetString(DigestSecrets.Hash(DigestAlgorithm.Sha256, "alice", "a.example", "value"));
        var result = _bench.Load(
            $"realms: {{ a: {{ listen: udp://10.0.0.1, domain: a.example, digest: {digest} }} }}\nusers: {{ alice: {user.Replace("@", sha256, StringComparison.Ordinal)} }}\n" +
            "peers: { p: { realm: a, address: 'sip:10.0.0.9', credentials: { username: alice, realm: a.example, password: '${NAME}' } } }\ndialplan: d.yaml");
        Assert.Empty(Errors(result));
        var model = result.Configuration!.Model;
        var server = new Authenticator(1, new SecretSource());
        var client = new DigestClient(model.Peers[0].Credentials, new SecretSource());

        var (attempt, room) = (default(ClientAttempt), new byte[2000]);
        var challenge = new MessageWriter(room);
        server.WriteChallenges(ref challenge, model.Realms[0].Authentication!, isStale: false, IpAddress.LoopbackV4, now: 0);
        Assert.Equal(ChallengeOutcome.Retry, client.Take(Message("SIP/2.0 401 Unauthorized", Encoding.ASCII.GetString(challenge.Written)), ref attempt));
        var answer = new MessageWriter(room);
        client.Write(ref answer, "REGISTER"u8, "sip:a.example"u8, ref attempt);
        var request = Message("REGISTER sip:a.example SIP/2.0", Encoding.ASCII.GetString(answer.Written));

        Assert.Same(model.Users.Users[0], server.Check(request, model.Realms[0], IpAddress.LoopbackV4, now: 0).User);
    }

    private static SipMessage Message(string startLine, string fields)
    {
        var octets = Encoding.ASCII.GetBytes($"{startLine}\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-1\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:a@b>\r\nCall-ID: 1@a\r\nCSeq: 1 REGISTER\r\n{fields}Content-Length: 0\r\n\r\n");
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        return message;
    }

    /// <summary>What the model checks with is what a phone makes of user, domain and password.</summary>
    [Fact]
    public void A_password_becomes_the_hash_of_its_domain() =>
        Assert.Equal("9ef9fd7b26c2b2f45b95bb09c2752cda", Encoding.ASCII.GetString(DigestSecrets.Hash(DigestAlgorithm.Md5, "alice", "biloxi.example.com", "s3cr3t")));

    private GatewayModel Load(string part)
    {
        var result = _bench.Load($"{Realms}{part}\ndialplan: d.yaml");
        Assert.Empty(Errors(result));
        return result.Configuration!.Model;
    }
}
