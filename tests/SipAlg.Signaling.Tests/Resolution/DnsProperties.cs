using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>What servers and forgers may send.</summary>
public sealed class DnsProperties
{
    private static readonly Gen<byte> Octet = Gen.Choose(0, 255).Select(value => (byte)value);

    private static readonly Gen<string> Label = Gen.Elements("a", "gw", "_sip", "_udp", "example", "xn--x", new string('z', 63));

    private static readonly Gen<string> Name = Label.NonEmptyListOf().Select(labels => string.Join('.', labels.Take(3)));

    private static readonly Gen<DnsRecord> Record = Gen.OneOf(
        Name.Select(DnsRecord (name) => new AddressRecord(name, DnsType.A, 60, IpAddress.Parse("192.0.2.1"))),
        Name.SelectMany(name => Name, DnsRecord (name, target) => new AliasRecord(name, 60, target)),
        Name.SelectMany(name => Name, DnsRecord (name, target) => new ServiceRecord(name, 60, 1, 2, 3, target)),
        Name.SelectMany(name => Name, DnsRecord (name, target) => new PointerRecord(name, 60, 1, 2, "s", "SIP+D2U", "", target)));

    [Fact]
    public void Any_octets_are_read_or_refused() =>
        Prop.ForAll(Octet.ArrayOf().ToArbitrary(), octets =>
        {
            _ = DnsResponse.TryParse(octets, out _);
            _ = DnsResponse.TryParse([.. Convert.FromHexString("000081800001000200020000"), .. octets], out _);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_changed_on_the_way_is_read_or_refused() =>
        Prop.ForAll(Record.NonEmptyListOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (records, seed) =>
        {
            var octets = DnsMessage.Answer(1, new DnsQuestion("example.com", DnsType.A), DnsCode.NoError, records, records);
            var random = new System.Random(seed);
            for (var change = 0; change < 8; change++)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
                _ = DnsResponse.TryParse(octets, out _);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_is_read() =>
        Prop.ForAll(Record.ListOf().ToArbitrary(), records =>
        {
            var octets = DnsMessage.Answer(1, new DnsQuestion("example.com", DnsType.A), DnsCode.NoError, records, []);
            return DnsResponse.TryParse(octets, out var response) && response!.Answers.SequenceEqual(records);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_question_is_answered_by_what_repeats_it_alone() =>
        Prop.ForAll(Name.ToArbitrary(), Name.ToArbitrary(), (name, other) =>
        {
            Assert.True(DnsQuery.TryMake(new DnsQuestion(name, DnsType.Srv), 77, isExtended: true, out var query));
            bool Answers(ushort id, string asked, DnsType type) => query!.TryAnswer(DnsMessage.Answer(id, new DnsQuestion(asked, type), DnsCode.NoError, [], []), out _);

            return Answers(77, name, DnsType.Srv) && !Answers(78, name, DnsType.Srv) && !Answers(77, name, DnsType.A) && Answers(77, other, DnsType.Srv) == (name == other);
        }).QuickCheckThrowOnFailure();
}
