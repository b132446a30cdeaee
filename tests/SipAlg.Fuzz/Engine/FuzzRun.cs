namespace SipAlg.Fuzz.Engine;

/// <summary>Feeds one target from a seed: written by its grammar, or damaged from what is known. The same seed does the same.</summary>
internal sealed class FuzzRun
{
    private readonly Target _target;
    private readonly ulong _seed;
    private readonly Dice _dice;
    private readonly Corpus _corpus;
    private readonly Damage _damage;
    private readonly Features _features = new();
    private readonly FuzzInput _input = new();
    private readonly Trial _trial;

    public FuzzRun(Target target, ulong seed)
    {
        _target = target;
        _seed = seed;
        _dice = new Dice(seed * 0x9E3779B97F4A7C15 ^ (ulong)target.Name.Sum(letter => letter * 131));
        _corpus = new Corpus(target.Seeds, _dice);
        _damage = new Damage(_dice, target.Words);
        _trial = new Trial(target);
    }

    public Target Target => _target;
    public long Inputs { get; private set; }
    public int FeatureCount => _features.Count;
    public int CorpusCount => _corpus.Count;
    public int Unconfirmed => _trial.Unconfirmed;
    public string? LastUnconfirmed => _trial.LastUnconfirmed;
    public Finding? Finding { get; private set; }

    /// <summary>When the input that is under way began; for who watches from another thread. 0: none is.</summary>
    public long Busy => Volatile.Read(ref _busy);

    private long _busy;

    /// <summary>So many inputs more, up to the first finding or the end of the time.</summary>
    /// <param name="inputs">How many.</param>
    /// <param name="end">By <see cref="Environment.TickCount64"/>.</param>
    public void Run(long inputs, long end = long.MaxValue)
    {
        for (; inputs > 0 && Finding is null && ((Inputs & 15) != 0 || Environment.TickCount64 < end); inputs--)
        {
            Make();
            Volatile.Write(ref _busy, Environment.TickCount64 + 1);
            _features.Begin();
            var problem = _trial.Run(_input, _features);
            Volatile.Write(ref _busy, 0);
            Inputs++;
            if (problem is not null)
            {
                Finding = new Finding(_target.Name, _seed, Inputs, problem, Minimiser.Shorten(_trial, _input.Octets.ToArray(), problem));
            }
            else if (_features.HasNew)
            {
                _corpus.Add(_input.Octets);
            }
        }
    }

    /// <summary>What is given right now; for who reports that it never ends.</summary>
    public byte[] Current => _input.Octets.ToArray();

    private void Make()
    {
        if (!_dice.OneIn(8) || !_target.Generate(_input, _dice))
        {
            _input.Set(_corpus.Draw());
            _damage.Apply(_input, _corpus.Draw());
        }
        else if (_dice.OneIn(2))
        {
            _damage.Apply(_input, _corpus.Draw());
        }
    }
}
